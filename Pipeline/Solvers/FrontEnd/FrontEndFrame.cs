namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head behind a front end, X = U F + N K with orthonormal [U N] and U spanning A: F (f×n) is sought, K = NᵀX (d−f×n) is known from the offset
/// and the known columns. Tokens are turned likewise, by orthonormal [M L]: the columns of M (n×r) span the rows of K, and 1 before them where rows
/// of the map are centred; those of L (n×m) are orthogonal to them. docs/output.md (O13).
/// </summary>
internal sealed record FrontEndFrame(CongruenceTarget Target, Matrix U, Matrix N, Matrix K, Matrix M, Matrix L)
{
    public Matrix W11 => U.Transpose() * Target.W * U;

    public Matrix W12 => U.Transpose() * Target.W * N;

    public Matrix W21 => N.Transpose() * Target.W * U;

    /// <summary>(F L)ᵀ W₁₁ (F L): what is left of the map where K is silent is a congruence in f dimensions.</summary>
    public CongruenceTarget Inner => new(W11, L.Transpose() * Target.G * L, Centred: false);

    /// <summary>The map between tokens where K is silent and those where it speaks, m×r.</summary>
    public Matrix Rows => L.Transpose() * Target.G * M;

    /// <summary>The same seen from the keys.</summary>
    public Matrix Columns => L.Transpose() * Target.G.Transpose() * M;

    public static Fin<FrontEndFrame> Of(Problem problem, Unknowns unknowns, string solver) =>
        from end in problem.FrontEnd.ToFin(Faults.SolverDoesNotApply(solver, "there is no front end before this layer"))
        let width = end.Projection.Columns
        from _ in Door.Require(
            width < problem.Dims.D,
            () => Faults.SolverDoesNotApply(solver, $"{width} features for d={problem.Dims.D} leave nothing of a token fixed"))
        from target in CongruenceTarget.Of(problem)
        select Of(target, end.Projection, unknowns.Base);

    /// <summary>X of these F.</summary>
    public Matrix States(Matrix f) => U * f + N * K;

    private static FrontEndFrame Of(CongruenceTarget target, Matrix projection, Matrix rest)
    {
        var (u, n) = Split(projection);
        var k = n.Transpose() * rest;
        var ones = target.Centred ? 1 : 0;
        var (m, l) = Split(Matrix.Create(target.N, k.Rows + ones, (t, c) => c < ones ? 1 : k[c - ones, t]));
        return new FrontEndFrame(target, u, n, k, m, l);
    }

    // An orthonormal basis of the columns, in their order, and one of the rest.
    private static (Matrix Span, Matrix Complement) Split(Matrix a)
    {
        var basis = HouseholderQr.Of(Matrix.Create(a.Rows, a.Columns + a.Rows, (i, c) =>
            c < a.Columns ? a[i, c] : i == c - a.Columns ? 1 : 0)).Q();
        return (
            Matrix.Create(a.Rows, a.Columns, (i, c) => basis[i, c]),
            Matrix.Create(a.Rows, a.Rows - a.Columns, (i, c) => basis[i, a.Columns + c]));
    }
}
