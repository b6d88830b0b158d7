namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The layer that sees X + c1ᵀ as the given one sees X. Without positions the keys may be shifted, and what of the query biases lies in the
/// range of the queries' weights is such a shift: docs/subspace.md (S6). With rotary positions nothing is shifted.
/// </summary>
internal sealed record UnbiasedLayer(AttentionLayer Layer, Matrix Shift)
{
    /// <summary>
    /// To compute by: a bias along what queries hardly see stays a bias. Its shift would be many times as long as a state, and rounding grows with it.
    /// </summary>
    public const double Steady = 1e-4;

    /// <summary>Below this a singular value is rounding.</summary>
    public const double Negligible = 1e-12;

    /// <summary>Directions of the queries' weights, by singular value over the largest, that count as seen.</summary>
    public double Least { get; private init; }

    /// <param name="layer">With its biases.</param>
    /// <param name="least"><see cref="Least"/>.</param>
    public static UnbiasedLayer Of(AttentionLayer layer, double least = Negligible)
    {
        if (layer.Rotary.IsSome) return new(layer, Matrix.Create(layer.D, 1, (_, _) => 0)) { Least = least };
        var weights = Stack(layer.Heads.Map(head => head.Query));
        var bias = Matrix.Own(weights.Rows, 1, [.. layer.Heads.SelectMany(head => Enumerable.Range(0, head.Dimension).Select(c =>
            head.QueryBias.Match(Some: b => b[c], None: () => 0.0)))]);
        var shift = bias.MaxNorm() == 0 ? Matrix.Create(layer.D, 1, (_, _) => 0) : LeastNorm(weights, bias, least);
        var left = bias - weights * shift;
        var without = left.MaxNorm() <= Negligible * bias.MaxNorm();
        var first = 0;
        return new(layer with { Heads = layer.Heads.Map(head => Left(head)).Strict() }, shift) { Least = least };

        Head Left(Head head)
        {
            var (from, width) = (first, head.Dimension);
            first += width;
            return head with
            {
                QueryBias = without ? None : Some(toSeq(Enumerable.Range(from, width).Select(c => left[c, 0]).ToArray())),
                KeyBias = None,
            };
        }
    }

    /// <summary>Whether a shift makes up for any mean of the queries: then the mean of X is found by itself, after all the rest.</summary>
    public static bool ShiftsFreely(AttentionLayer layer) => layer.Rotary.IsNone && layer.Heads.Map(head => head.Dimension).Sum() <= layer.D;

    /// <summary>X from what the layer here sees, d×n.</summary>
    public Matrix Back(Matrix x) => x.AddToColumns(-1 * Shift);

    /// <summary>The other X that gives the same maps where no bias is left: −(X + c1ᵀ) − c1ᵀ.</summary>
    public Matrix Mirror(Matrix x) => (-1 * x).AddToColumns(-2 * Shift);

    /// <summary>The transposes of projections (d×r each), one below the other.</summary>
    public static Matrix Stack(IEnumerable<Matrix> projections)
    {
        var all = projections.Select(one => one.Transpose()).ToArray();
        return Matrix.Own(all.Sum(one => one.Rows), all[0].Columns, [.. all.SelectMany(one => one.Values.ToArray())]);
    }

    /// <summary>
    /// The shortest x that comes nearest to Wx = b, of singular values above the least. Fewer queries than d, or dependent ones, leave a shift open.
    /// </summary>
    public static Matrix LeastNorm(Matrix weights, Matrix bias, double least = Negligible)
    {
        var svd = weights.ToMathNet().Svd();
        var (u, vt, s) = (svd.U.ToMatrix(), svd.VT.ToMatrix(), svd.S);
        var inner = u.Transpose() * bias;
        return vt.Transpose() * Matrix.Create(vt.Rows, 1, (i, _) => i < s.Count && s[i] > least * s[0] ? inner[i, 0] / s[i] : 0);
    }
}
