namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The features of an affine front end. One head's map and the rows of X that the front end cannot reach make X linear: two least-squares solutions, of
/// which the second knows how large the noise of the first was, and a polish. From a given start, for any number of heads and behind a mask, the polish
/// alone. docs/output.md (O13)–(O15).
/// </summary>
public static class FrontEndLinear
{
    /// <summary>Unknown features above which the normal equations are not written out.</summary>
    public const int Largest = 8000;

    private const string Name = "front-end";

    // Of the largest singular value of what X can be made of.
    private const double LeastSpanned = 1e-9;

    /// <summary>Solves the problem, or says why it does not apply.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from end in problem.FrontEnd.Filter(_ => problem.Observation != Observation.Output)
            .ToFin(Faults.SolverDoesNotApply(Name, "it needs maps, and a front end before the layer"))
        from start in options.Start.Match(Some: FinSucc, None: () => Start(problem, end, options))
        from polished in Polish.From(problem, start, options)
        select polished with { Solver = polished.Solver with { Name = Name } };

    private static Fin<Matrix> Start(Problem problem, FrontEnd end, SolverOptions options) =>
        from _0 in Door.Require(
            end.Projection.Columns < problem.Dims.D || !problem.Known.IsEmpty,
            () => Faults.SolverDoesNotApply(Name, $"{end.Projection.Columns} features for d={problem.Dims.D} leave nothing of a token fixed"))
        from target in CongruenceTarget.Of(problem)
        let unknowns = Unknowns.Of(problem)
        from _1 in Door.Require(unknowns.Size is > 0 and <= Largest, () => Faults.SolverDoesNotApply(
            Name, $"it takes up to {Largest} unknown features, there are {unknowns.Size}"))
        from features in Interruptible(options, token => Features(target, unknowns, end.Projection, options.Threads.ToNullable(), token))
        from states in features.Map(found => unknowns.States(unknowns.Flat(found))).Filter(x => x.AllFinite())
            .ToFin(Faults.FrontEndDegenerate("what is known of the tokens does not determine the rest"))
        select states;

    private static Option<Matrix> Features(CongruenceTarget target, Unknowns unknowns, Matrix projection, int? threads, CancellationToken end)
    {
        var normals = Complement(projection);
        var reached = Spanned(projection, target.Centre(unknowns.Base));
        var relations = TokenRelations.Of(target, normals, normals.Transpose() * unknowns.Base, reached.Rows);
        Option<Matrix> Weighted(Matrix weight) => new RelationFit(target.W, unknowns, relations, weight).Solve(threads, end);
        // Noise reaches a relation through the states: those of the first solution are near enough to weigh it.
        return Weighted(reached).Bind(first => Weighted(target.Centre(unknowns.States(unknowns.Flat(first))).Transpose()));
    }

    // N, d×(d−f): an orthonormal basis of what no feature moves.
    private static Matrix Complement(Matrix a)
    {
        var basis = HouseholderQr.Of(Matrix.Create(a.Rows, a.Columns + a.Rows, (i, c) => c < a.Columns ? a[i, c] : i == c - a.Columns ? 1 : 0)).Q();
        return Matrix.Create(a.Rows, a.Rows - a.Columns, (i, c) => basis[i, a.Columns + c]);
    }

    // Orthonormal rows that span what columns of X, centred where the map is, can be: r×d.
    private static Matrix Spanned(Matrix a, Matrix rest)
    {
        var (left, right) = (1 / Math.Max(a.FrobeniusNorm(), double.Epsilon), 1 / Math.Max(rest.FrobeniusNorm(), double.Epsilon));
        var svd = Matrix.Create(a.Rows, a.Columns + rest.Columns, (i, c) => c < a.Columns ? left * a[i, c] : right * rest[i, c - a.Columns]).ToMathNet().Svd();
        return Matrix.Create(svd.S.Count(value => value > LeastSpanned * svd.S[0]), a.Rows, (k, i) => svd.U[i, k]);
    }

    private static Fin<T> Interruptible<T>(SolverOptions options, Func<CancellationToken, T> work)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, options.Deadline);
        try
        {
            return work(end.Token);
        }
        catch (OperationCanceledException)
        {
            return Faults.Interrupted();
        }
    }
}
