namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The features of an affine front end by a weighted fit of the maps, from a given start or, for one head, from a congruence in as many dimensions
/// as there are features, whose isometry is fixed by what the offset and the known columns say of every token. docs/output.md (O13)–(O15).
/// </summary>
public static class FrontEndCongruence
{
    private const string Name = "front-end";

    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from _ in Door.Require(
            problem.FrontEnd.IsSome && problem.Observation != Observation.Output,
            () => Faults.SolverDoesNotApply(Name, "it needs maps, and a front end before the layer"))
        from start in options.Start.Match(Some: FinSucc<Matrix>, None: () => Closed(problem, Unknowns.Of(problem), options))
        from fit in Polish.From(problem, start, options)
        select fit.By(Name);

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
}
