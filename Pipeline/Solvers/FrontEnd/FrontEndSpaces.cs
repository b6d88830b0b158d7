namespace Unmask.Pipeline.Solvers;

/// <summary>What the columns of X = A F + X₀ can be made of, and what no feature moves.</summary>
internal static class FrontEndSpaces
{
    // Of the largest singular value.
    private const double Least = 1e-9;

    /// <summary>N, d×(d−f): an orthonormal basis of the complement of A. NᵀX = NᵀX₀ is known.</summary>
    public static Matrix Complement(Matrix a)
    {
        // The first f directions of the basis are those of A.
        var basis = HouseholderQr.Of(Matrix.Create(a.Rows, a.Columns + a.Rows, (i, c) => c < a.Columns ? a[i, c] : i == c - a.Columns ? 1 : 0)).Q();
        return Matrix.Create(a.Rows, a.Rows - a.Columns, (i, c) => basis[i, a.Columns + c]);
    }

    /// <summary>
    /// Orthonormal rows that span the columns of A and, centred where the map is, of <paramref name="rest"/>: r×d, r &lt; d where positions do not reach
    /// every direction.
    /// </summary>
    public static Matrix Span(CongruenceTarget target, Matrix a, Matrix rest)
    {
        // Centring leaves rounding of a constant, which is small beside what it was.
        var (left, right, apart) = (Inverse(a.FrobeniusNorm()), Inverse(rest.FrobeniusNorm()), target.Centre(rest));
        var svd = Matrix.Create(a.Rows, a.Columns + rest.Columns, (i, c) => c < a.Columns ? left * a[i, c] : right * apart[i, c - a.Columns]).ToMathNet().Svd();
        return Matrix.Create(svd.S.Count(value => value > Least * svd.S[0]), a.Rows, (k, i) => svd.U[i, k]);
    }

    private static double Inverse(double norm) => norm > 0 ? 1 / norm : 0;
}
