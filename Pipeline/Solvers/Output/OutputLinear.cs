namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Maps and outputs together: XᵀV_h = P_h⁺Y_h for every head is linear in X. A fit of both observations at once follows, with maps recomputed
/// from X: rounding that the inverse of P_h had magnified is read off the maps instead. docs/output.md (O6)–(O8).
/// </summary>
public static class OutputLinear
{
    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from target in OutputTarget.Of(problem)
        let unknowns = Unknowns.Of(problem)
        let start = unknowns.States(Start(problem, target, unknowns))
        from _ in Door.Require(start.AllFinite(), () => Faults.OutputDegenerate("the states overflow"))
        from fit in Polish.From(problem, start, options)
        select fit.By(OutputTarget.Name);

    // (O7): each head's rows by least squares, then the tokens, heads weighted by what rounding of Y has become.
    private static Matrix Start(Problem problem, OutputTarget target, Unknowns unknowns)
    {
        var noise = problem.Precision.RoundingError(target.Output.MaxNorm()) / target.Output.MaxNorm();
        var heads = target.Maps.Map((h, map) => PseudoInverse.Solve(map, target.Head(target.Output, h), noise)).ToArray();
        double Weight(int column) => 1 / heads[column / target.HeadWidth].Growth;
        var seen = unknowns.Seen(target.Value);
        var known = unknowns.Base.Transpose() * target.Value;
        var (width, count) = (target.Value.Columns, problem.Dims.N);
        var left = Matrix.Create(width, unknowns.Width, (c, a) => Weight(c) * seen[a, c]);
        var right = Matrix.Create(width, count, (c, i) =>
            Weight(c) * (heads[c / target.HeadWidth].Solution[i, c % target.HeadWidth] - known[i, c]));
        return PseudoInverse.Solve(left, right, noise).Solution;
    }
}
