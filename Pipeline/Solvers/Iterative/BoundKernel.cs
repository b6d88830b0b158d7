using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>A kernel that knows its problem, and how small its residual can honestly become.</summary>
/// <param name="Kernel">Loss and derivatives in double precision.</param>
/// <param name="Noise">The norm of the residual that rounding of the observation alone would cause at the truth.</param>
/// <param name="Weights">s·W_Q W_Kᵀ, d×d.</param>
/// <param name="Target">What the kernel is bound to.</param>
/// <param name="Value">Value weights, d×d, when outputs are fitted.</param>
/// <param name="Table">Where further kernels come from.</param>
internal sealed record BoundKernel(
    AttentionKernel<double> Kernel, double Noise, Matrix Weights, Matrix Target, Option<Matrix> Value, KernelTable Table)
{
    /// <summary>Whether rows of the residual are centred.</summary>
    public bool Centred => Kernel.Model == LossModel.LogAttention;

    /// <summary>Whether the residual is the matrix of all pairs' scores, perhaps centred: what (17) and (18) need.</summary>
    public bool Pairs => !Kernel.Causal && (Kernel.Model is LossModel.Scores or LossModel.LogAttention);

    /// <summary>A kernel of the same loss for this many tokens, not bound yet.</summary>
    public AttentionKernel<double> NewKernel(int tokens) => Table.CreateDouble(Kernel.Model, Kernel.D, tokens, Kernel.Causal);

    /// <summary>The same loss for many states at once, bound.</summary>
    public AttentionBatch<double> NewBatch(int count, int threads)
    {
        var batch = Table.CreateBatchDouble(Kernel.Model, Kernel.D, Kernel.N, count, Kernel.Causal, threads: threads);
        batch.Bind(Weights.Values, Target.Values, Value.Match(v => v, () => Matrix.Identity(1)).Values);
        return batch;
    }

    /// <summary>
    /// Binds a problem of one head. Attention maps are fitted in log space (derivation.md (5)) when no visible entry was stored as zero; else
    /// as they are (4).
    /// </summary>
    public static Fin<BoundKernel> Of(Problem problem, KernelTable table, string solver) =>
        from each in Averages.PerHead(solver, problem)
        from head in OneHead(problem, solver)
        from value in ValueOf(problem, solver)
        let model = ModelOf(problem)
        select Bind(problem, head, value, model, table);

    private static BoundKernel Bind(Problem problem, Head head, Option<Matrix> value, LossModel model, KernelTable table)
    {
        var kernel = table.CreateDouble(model, problem.Dims.D, problem.Dims.N, problem.Layer.Mask == Mask.Causal);
        var weights = problem.Layer.Scale * head.Product;
        var observed = problem.Observed[0];
        var target = model switch
        {
            LossModel.LogAttention => observed.Map(p => p > 0 ? Math.Log(p) : 0), // hidden entries of a causal map; the kernel ignores them
            LossModel.Scores => observed.Map(s => double.IsFinite(s) ? s : 0),
            _ => observed,
        };
        kernel.Bind(weights.Values, target.Values, value.Match(v => v, () => Matrix.Identity(1)).Values);
        return new BoundKernel(kernel, NoiseOf(problem, model), weights, target, value, table);
    }

    private static LossModel ModelOf(Problem problem) => problem.Observation switch
    {
        Observation.Scores => LossModel.Scores,
        Observation.Output => LossModel.Output,
        _ => AnyZero(problem) ? LossModel.Attention : LossModel.LogAttention,
    };

    // Rounding to half a unit of the format is uniform, so its standard deviation is the largest error over √3; four of them leave no doubt.
    private static double NoiseOf(Problem problem, LossModel model)
    {
        var (observed, squares) = (problem.Observed[0], 0.0);
        for (var i = 0; i < observed.Rows; i++)
            foreach (var v in Visible(problem, i))
            {
                var error = problem.Precision.RoundingError(v) / (model == LossModel.LogAttention ? v : 1);
                squares += error * error;
            }

        return 4 / Math.Sqrt(3) * Math.Sqrt(squares);
    }

    private static bool AnyZero(Problem problem)
    {
        for (var i = 0; i < problem.Observed[0].Rows; i++)
            foreach (var p in Visible(problem, i))
                if (!(p > 0)) return true;
        return false;
    }

    private static ReadOnlySpan<double> Visible(Problem problem, int row)
    {
        var causal = problem.Layer.Mask == Mask.Causal && problem.Observation != Observation.Output;
        return problem.Observed[0].Row(row)[..(causal ? row + 1 : problem.Observed[0].Columns)];
    }

    private static Fin<Head> OneHead(Problem problem, string solver) => problem.Layer switch
    {
        _ when problem.Observation == Observation.Residual => Faults.SolverDoesNotApply(solver, "it fits scores, maps or an output, not a residual stream"),
        _ when problem.Zeros == Zeros.Missing => Faults.SolverDoesNotApply(solver, "it fits every entry, and zeros of this map stand for entries that are missing"),
        { Heads.Count: not 1 } => Faults.SolverDoesNotApply(solver, $"it fits one head, and this layer has {problem.Layer.Heads.Count}"),
        { Rotary.IsSome: true } => Faults.SolverDoesNotApply(solver, "its scores have no rotary positions"),
        { Heads: var heads } when heads[0].QueryBias.IsSome => Faults.SolverDoesNotApply(solver, "its scores have no query bias"),
        { Heads: var heads } => heads[0],
    };

    private static Fin<Option<Matrix>> ValueOf(Problem problem, string solver) =>
        problem.Observation != Observation.Output ? Option<Matrix>.None
        : problem.Value.IsSome ? problem.Value
        : Faults.SolverDoesNotApply(solver, "an output is observed but no value weights are given");
}
