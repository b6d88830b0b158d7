namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The unknowns of X that satisfy <see cref="TokenRelations"/> best: min Σ ‖H (WᵀX q + W X p − c)‖² over all relations, linear, by normal equations in
/// coordinates in which the block of every token is the identity, about. docs/output.md (O15).
/// </summary>
internal sealed class RelationFit
{
    // Of the largest singular value of a token's own equations: what is below it is not seen.
    private const double LeastSeen = 1e-12;

    // The normal matrix has entries of size one; this is what rounding leaves of them.
    private const double Shift = 1e-14;

    private const int Corrections = 4;

    private readonly Unknowns _unknowns;
    private readonly int[] _free;
    private readonly Matrix _frame, _byQuery, _byKey, _query, _key, _right;

    /// <param name="w">W, d×d, with the scale.</param>
    /// <param name="unknowns">Of X.</param>
    /// <param name="relations">Between its columns.</param>
    /// <param name="weight">H, with d columns.</param>
    public RelationFit(Matrix w, Unknowns unknowns, TokenRelations relations, Matrix weight)
    {
        _unknowns = unknowns;
        _free = [.. Enumerable.Range(0, unknowns.Base.Columns).Where(t => !unknowns.Known.ContainsKey(t))];
        var (query, key) = (weight * w.Transpose(), weight * w);
        var (a, b) = (unknowns.Seen(query.Transpose()).Transpose(), unknowns.Seen(key.Transpose()).Transpose());
        var svd = HouseholderQr.Of(Matrix.Create(2 * a.Rows, a.Columns, (i, c) => i < a.Rows ? a[i, c] : b[i - a.Rows, c])).R().ToMathNet().Svd();
        var rank = svd.S.Count(value => value > LeastSeen * svd.S[0]);
        _frame = Matrix.Create(a.Columns, rank, (c, k) => svd.VT[k, c] / svd.S[k]);
        (_byQuery, _byKey) = (a * _frame, b * _frame);
        (_query, _key) = (Free(relations.Query), Free(relations.Key));
        _right = weight * relations.Known - query * (unknowns.Base * relations.Query) - key * (unknowns.Base * relations.Key);
    }

    /// <summary>The unknowns as columns, f×n, zero where a token is known; none where the equations are singular.</summary>
    public Option<Matrix> Solve(int? threads, CancellationToken cancellation)
    {
        var factor = new UpperStrips(_frame.Columns * _query.Rows);
        new RelationNormal(_byQuery, _byKey, _query, _key, threads).Write(factor, Shift);
        if (!new Cholesky(threads).Factorise(factor, cancellation)) return None;
        var moves = Step(factor, _right);
        // What squaring the equations and the shift cost is taken off again.
        for (var k = 0; k < Corrections; k++) moves += Step(factor, _right - At(moves));
        return moves.AllFinite() ? Spread(_frame * moves) : None;
    }

    // H (WᵀA Y q + W A Y p) of coordinates Y, rank × free tokens.
    private Matrix At(Matrix moves) => _byQuery * (moves * _query) + _byKey * (moves * _key);

    private Matrix Step(UpperStrips factor, Matrix right)
    {
        var slope = _query * (right.Transpose() * _byQuery) + _key * (right.Transpose() * _byKey);
        var solution = slope.Values.ToArray();
        TriangleSolve.Solve(factor, solution);
        return Matrix.Own(slope.Rows, slope.Columns, solution).Transpose();
    }

    private Matrix Free(Matrix rows) => Matrix.Create(_free.Length, rows.Columns, (t, m) => rows[_free[t], m]);

    private Matrix Spread(Matrix columns)
    {
        var places = _free.Select((token, place) => (token, place)).ToDictionary();
        return Matrix.Create(columns.Rows, _unknowns.Base.Columns, (c, t) => places.TryGetValue(t, out var place) ? columns[c, place] : 0);
    }
}
