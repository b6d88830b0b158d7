namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Maps and outputs of one layer, checked: Y_h = P_h XᵀV_h, with a P_h (n×n) for every head and Y, V holding the heads side by side.
/// docs/output.md (O6).
/// </summary>
internal sealed record OutputTarget(Seq<Matrix> Maps, Matrix Output, Matrix Value)
{
    public const string Name = "output-linear";

    public int HeadWidth => Value.Columns / Maps.Count;

    public static Fin<OutputTarget> Of(Problem problem) =>
        from each in Averages.PerHead(Name, problem)
        from output in problem.Output.ToFin(Refused("it needs maps and an output of the layer together"))
        from value in problem.Value.ToFin(Refused("it needs the value weights"))
        from _1 in Door.Require(problem.Observation.IsOfMaps(), () => Refused("it needs the maps beside the output"))
        from _2 in Door.Require(
            value.Columns % problem.Layer.Heads.Count == 0 && (output.Rows, output.Columns) == (problem.Dims.N, value.Columns),
            () => Refused($"an output of {output.Rows}x{output.Columns} does not hold {problem.Layer.Heads.Count} heads of V ({value.Columns} columns)"))
        select new OutputTarget(problem.Observed.Map(map => Probabilities(problem, map)).Strict(), output, value);

    /// <summary>The columns of one head.</summary>
    public Matrix Head(Matrix sideBySide, int h) =>
        Matrix.Create(sideBySide.Rows, HeadWidth, (i, c) => sideBySide[i, h * HeadWidth + c]);

    private static Matrix Probabilities(Problem problem, Matrix map) =>
        problem.Observation == Observation.Scores ? Forward.SoftmaxRows(map) : map;

    private static Error Refused(string why) => Faults.SolverDoesNotApply(Name, why);
}
