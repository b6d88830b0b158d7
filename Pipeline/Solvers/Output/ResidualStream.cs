namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The residual stream after attention, R = H + a(H): H by fixed points where attention contracts, by Newton's method where it does not, behind a causal
/// mask token by token. X = N(H) enters the layer. docs/output.md (O16)–(O20).
/// </summary>
public static class ResidualStream
{
    internal const string Name = "residual-stream";

    /// <summary>Solves a problem whose observation is a residual stream.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from each in Averages.PerHead(Name, problem)
        from _ in Door.Require(problem.Observation == Observation.Residual, () => Refused("it needs the residual stream after attention"))
        from unknown in Door.Require(problem.Known.IsEmpty, () => Refused("it takes no known columns"))
        from answer in Solve(problem.Layer, problem.Observed[0].Transpose(), options)
        select answer;

    /// <param name="layer">With value weights, its norm and, unless it is the identity, the output projection.</param>
    /// <param name="stream">R, d×n.</param>
    /// <param name="options">
    /// Tolerance, relative to the largest entry of R, cancellation and progress; a start is of H, d×n.
    /// </param>
    public static Fin<Estimate> Solve(AttentionLayer layer, Matrix stream, SolverOptions options) =>
        from branch in Branch(layer, stream)
        from dims in Dims.Of(stream.Rows, stream.Columns)
        from _1 in Door.Require(
            options.Start.ForAll(start => (start.Rows, start.Columns) == (dims.D, dims.N)), () => Faults.BadStart(options.Start.IfNone(stream), dims))
        let found = new StreamSearch(branch, stream, options).Run()
        from _2 in options.Cancellation.IsCancellationRequested ? FinFail<Unit>(Faults.Interrupted()) : unit
        from _3 in Door.Require(found.Stream.AllFinite(), () => Faults.ResidualDiverged())
        let left = stream - found.Stream - branch.At(found.Stream)
        let converged = left.MaxNorm() <= options.Tolerance * stream.MaxNorm()
        let report = new SolverReport(Name, found.Steps, 0, converged, 0.5 * Math.Pow(left.FrobeniusNorm(), 2))
        select new Estimate(Norms.Columns(layer.StreamNorm, found.Stream), report, None)
        {
            Stream = layer.StreamNorm is Norm.Identity ? None : Some(found.Stream),
            Ambiguous = found.Ambiguous,
        };

    /// <summary>What attention adds to a stream of the layer, if all of that is known.</summary>
    internal static Fin<AttentionBranch> Branch(AttentionLayer layer, Matrix stream) =>
        from value in layer.Value.ToFin(Refused("it needs the value weights"))
        let projection = layer.OutputProjection.IfNone(() => Matrix.Identity(value.Columns))
        from _ in Door.Require(
            (projection.Rows, projection.Columns, stream.Rows) == (value.Columns, layer.D, layer.D),
            () => Refused($"V of {value.Columns} columns, W_O {projection.Rows}x{projection.Columns} and a stream of {stream.Rows} rows do not fit d={layer.D}"))
        let mixed = layer.ValueBias.Map(bias => projection.Transpose() * Column(bias)).IfNone(() => Matrix.Create(layer.D, 1, (_, _) => 0))
        select new AttentionBranch(layer, value, projection, mixed + layer.OutputBias.Map(Column).IfNone(() => Matrix.Create(layer.D, 1, (_, _) => 0)));

    private static Matrix Column(Seq<double> values) => Matrix.Create(values.Count, 1, (i, _) => values[i]);

    private static Error Refused(string why) => Faults.SolverDoesNotApply(Name, why);
}
