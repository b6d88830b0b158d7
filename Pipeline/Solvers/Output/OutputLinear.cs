using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Maps and outputs together: XᵀV_h = P_h⁺Y_h for every head is linear in X. A fit of both observations at once follows, with maps recomputed
/// from X: rounding that the inverse of P_h had magnified is read off the maps instead. docs/output.md (O6)–(O8).
/// </summary>
public static class OutputLinear
{
    private const int Steps = 40;

    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from target in OutputTarget.Of(problem)
        let unknowns = Unknowns.Of(problem)
        let start = Start(problem, target, unknowns)
        let fit = Polish(problem, target, unknowns, start, options)
        from _1 in options.Cancellation.IsCancellationRequested ? FinFail<Unit>(Faults.Interrupted()) : unit
        let states = unknowns.States(fit.Unknowns)
        from _2 in Door.Require(states.AllFinite(), () => Faults.OutputDegenerate("the states overflow"))
        select Report(problem, target, unknowns, states, fit, options);

    // (O7): each head's rows by least squares, then the tokens, heads weighted by what rounding of Y has become.
    private static double[] Start(Problem problem, OutputTarget target, Unknowns unknowns)
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
        return unknowns.Flat(PseudoInverse.Solve(left, right, noise).Solution);
    }

    private static Fit Polish(Problem problem, OutputTarget target, Unknowns unknowns, double[] start, SolverOptions options) =>
        unknowns.Size is 0 or > WeightedFit.Largest
            ? new Fit(start, double.NaN, 0)
            : WeightedFit.Run(
                unknowns,
                Seq<IEquations>(new MapEquations(problem, unknowns), new OutputEquations(problem, unknowns, target.Output, target.Value)),
                start, options.MaxIterations.IfNone(Steps), OutputTarget.Name, options);

    private static Estimate Report(Problem problem, OutputTarget target, Unknowns unknowns, Matrix x, Fit fit, SolverOptions options)
    {
        var residual = ResidualOf.At(problem, x);
        var converged = residual.Max <= options.Tolerance || Explained.Holds(problem, residual);
        var loss = 0.5 * Enumerable.Range(0, target.Maps.Count).Sum(h => Math.Pow(
            (Forward.Attention(problem.Layer, problem.Layer.Heads[h], x) * (x.Transpose() * target.Head(target.Value, h))
                - target.Head(target.Output, h)).FrobeniusNorm(), 2));
        return new Estimate(x, new SolverReport(OutputTarget.Name, fit.Steps, 0, converged, loss), None)
        {
            Features = problem.FrontEnd.Map(_ => unknowns.Columns(fit.Unknowns)),
        };
    }
}
