namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The features of an affine front end. One head's map and the rows of X that no feature moves make X linear: two least-squares solutions, of which the
/// second weighs the noise by the states of the first, and a polish. From a given start, for any number of heads and behind a mask, the polish alone.
/// docs/output.md (O13)–(O15).
/// </summary>
public static class FrontEndLinear
{
    /// <summary>Unknown features above which the normal equations are not written out.</summary>
    public const int Largest = 8000;

    private const string Name = "front-end";

    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from each in Averages.PerHead(Name, problem)
        from end in problem.FrontEnd.Filter(_ => problem.Observation.IsOfMaps())
            .ToFin(Faults.SolverDoesNotApply(Name, "it needs maps, and a front end before the layer"))
        from estimate in options.Start.Match(
            Some: start => Polish.From(problem, start, options),
            None: () => Linear(problem, end, options).Bind(linear => Polish.After(problem, linear, options)))
        select estimate.By(Name);

    private static Fin<Estimate> Linear(Problem problem, FrontEnd end, SolverOptions options) =>
        from target in CongruenceTarget.Of(problem)
        let unknowns = Unknowns.Of(problem)
        let span = FrontEndSpaces.Span(target, end.Projection, unknowns.Base)
        // An isometry and a common shift of features change no map where nothing else differs from token to token.
        from _0 in Door.Require(
            span.Rows > end.Projection.Columns || !problem.Known.IsEmpty,
            () => Faults.SolverDoesNotApply(Name, $"{end.Projection.Columns} features for d={problem.Dims.D} leave nothing fixed that differs between tokens"))
        let size = unknowns.Width * (problem.Dims.N - problem.Known.Count)
        from _1 in Door.Require(size is > 0 and <= Largest, () => Faults.SolverDoesNotApply(
            Name, $"it takes up to {Largest} unknown features, there are {size}"))
        from found in Features(target, unknowns, end.Projection, span, options)
        from features in found.ToFin(Faults.FrontEndDegenerate("what is known of the tokens does not determine the rest"))
        select OneHeadReport.Of(Name, problem, unknowns.States(features), 1, options) with { Features = features };

    private static Fin<Option<Matrix>> Features(CongruenceTarget target, Unknowns unknowns, Matrix projection, Matrix span, SolverOptions options)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, options.Deadline);
        var normals = FrontEndSpaces.Complement(projection);
        var relations = TokenRelations.Of(target, normals, normals.Transpose() * unknowns.Base, span.Rows);
        Option<Matrix> Weighted(Matrix weight) =>
            new RelationFit(target.W, unknowns, relations, weight).Solve(options.Threads.ToNullable(), end.Token);
        try
        {
            // Noise reaches a relation through the states: those of the first solution are near enough to weigh it.
            return Weighted(span).Bind(first => Weighted(target.Centre(unknowns.States(first)).Transpose()));
        }
        catch (OperationCanceledException)
        {
            return Faults.Interrupted();
        }
    }
}
