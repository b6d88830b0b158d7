using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The features of an affine front end by a weighted fit of the maps, from a given start or, for one head, from a congruence in as many dimensions
/// as there are features, whose isometry is fixed by what the offset and the known columns say of every token. docs/output.md (O13)–(O15).
/// </summary>
public static class FrontEndCongruence
{
    private const string Name = "front-end";
    private const int Steps = 60;

    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from unknowns in FinSucc(Unknowns.Of(problem))
        from _0 in Door.Require(
            problem.FrontEnd.IsSome && problem.Observation != Observation.Output,
            () => Faults.SolverDoesNotApply(Name, "it needs maps, and a front end before the layer"))
        from _1 in Door.Require(unknowns.Size <= WeightedFit.Largest, () => Faults.SolverDoesNotApply(
            Name, $"{unknowns.Size} unknown features are more than the {WeightedFit.Largest} that whole normal equations take"))
        from start in options.Start.Match(Some: given => Given(problem, given), None: () => Closed(problem, unknowns, options))
        let fit = WeightedFit.Run(
            unknowns, Seq1<IEquations>(new MapEquations(problem, unknowns)), unknowns.Nearest(start), options.MaxIterations.IfNone(Steps), Name, options)
        from _2 in options.Cancellation.IsCancellationRequested ? FinFail<Unit>(Faults.Interrupted()) : unit
        let states = unknowns.States(fit.Unknowns)
        from _3 in Door.Require(states.AllFinite(), () => Faults.FrontEndDegenerate("the states overflow"))
        select Report(problem, states, unknowns.Columns(fit.Unknowns), fit, options);

    private static Fin<Matrix> Given(Problem problem, Matrix start) =>
        (start.Rows, start.Columns) == (problem.Dims.D, problem.Dims.N) ? start : Faults.BadStart(start, problem.Dims);

    private static Fin<Matrix> Closed(Problem problem, Unknowns unknowns, SolverOptions options) =>
        from frame in FrontEndFrame.Of(problem, unknowns, Name)
        from cosquare in Cosquare.Of(frame.W11)
        let sylvester = new CosquareSylvester(cosquare)
        let factor = Factor(frame.Inner)
        from isometry in sylvester.Congruence(factor.K)
        let inner = CongruencePolish.Run(frame.Inner, sylvester, factor.States(frame.Inner, isometry), options)
        let features = FrontEndRest.Features(frame, FrontEndTurn.Inner(frame, cosquare, inner.States))
        from _ in Door.Require(features.AllFinite(), () => Faults.FrontEndDegenerate("nothing known of the tokens fixes the isometry"))
        select frame.States(features);

    // Rows and columns of the inner map span the same space, that of F L: where it sinks into the noise, both together know it best.
    private static CongruenceFactor Factor(CongruenceTarget inner)
    {
        var both = Matrix.Create(2 * inner.N, inner.N, (i, j) => i < inner.N ? inner.G[i, j] : inner.G[j, i - inner.N]);
        var right = both.ToMathNet().Svd().VT.SubMatrix(0, inner.D, 0, inner.N).Transpose().ToMatrix();
        return new CongruenceFactor(right, right.Transpose() * (inner.G * right), Matrix.Create(inner.D, 1, (_, _) => 0));
    }

    private static Estimate Report(Problem problem, Matrix x, Matrix features, Fit fit, SolverOptions options)
    {
        var residual = ResidualOf.At(problem, x);
        var loss = 0.5 * problem.Layer.Heads.Zip(problem.Observed, (head, map) => Math.Pow(
            ((problem.Observation == Observation.Scores ? Forward.Scores(problem.Layer, head, x) : Forward.Attention(problem.Layer, head, x)) - map)
                .Map(v => double.IsNaN(v) ? 0 : v).FrobeniusNorm(), 2)).Sum();
        var converged = residual.Max <= options.Tolerance || Explained.Holds(problem, residual);
        return new Estimate(x, new SolverReport(Name, fit.Steps, 0, converged, loss), None) { Features = features };
    }
}
