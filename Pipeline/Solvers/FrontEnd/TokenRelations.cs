namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What one map says linearly of the X behind it: Wᵀ X q + W X p = c for every column q, p (n×m) of <paramref name="Query"/> and <paramref name="Key"/>
/// and c (d×m) of <paramref name="Known"/>. Pairs (q, p) are orthonormal, so that noise of the map is the same in all. docs/output.md (O13), (O14).
/// </summary>
internal sealed record TokenRelations(Matrix Query, Matrix Key, Matrix Known)
{
    // A pair (q, p) of this length beside its c is rounding: relations between the known rows alone, and the ones vector that centring takes.
    private const double Shortest = 1e-6;

    /// <param name="target">The map.</param>
    /// <param name="normals">N, d×m with orthonormal columns, where NᵀX is known.</param>
    /// <param name="rows">NᵀX, m×n.</param>
    /// <param name="rank">Of X, centred where the map is.</param>
    public static TokenRelations Of(CongruenceTarget target, Matrix normals, Matrix rows, int rank)
    {
        var (n, known) = (target.N, target.Centre(rows));
        var (queries, keys) = (target.G, target.Centre(target.G.Transpose()));
        // Known rows as large as the map, whatever the units of X.
        var size = known.MaxNorm() > 0 ? target.G.FrobeniusNorm() / known.FrobeniusNorm() : 0;
        var pencil = Matrix.Create(n, 2 * n + rows.Rows, (t, k) => k < n ? queries[k, t] : k < 2 * n ? keys[k - n, t] : -size * known[k - 2 * n, t]);
        var right = pencil.ToMathNet().Svd().VT;
        var vectors = Matrix.Create(pencil.Columns, pencil.Columns - rank, (k, m) => right[rank + m, k]);
        return Orthonormal(
            target.Centre(Part(vectors, n, n).Transpose()).Transpose(), Part(vectors, 0, n), size * (normals * Part(vectors, 2 * n, rows.Rows)));
    }

    private static TokenRelations Orthonormal(Matrix key, Matrix query, Matrix known)
    {
        var n = query.Rows;
        var svd = Matrix.Create(2 * n, query.Columns, (k, m) => k < n ? query[k, m] : key[k - n, m]).ToMathNet().Svd();
        var count = svd.S.Count(value => value > Shortest * svd.S[0]);
        var turn = Matrix.Create(query.Columns, count, (m, k) => svd.VT[k, m] / svd.S[k]);
        return new TokenRelations(query * turn, key * turn, known * turn);
    }

    private static Matrix Part(Matrix vectors, int first, int count) => Matrix.Create(count, vectors.Columns, (k, m) => vectors[first + k, m]);
}
