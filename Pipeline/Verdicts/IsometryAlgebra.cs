using System.Numerics;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// The reduced route: with XC of full row rank the null space of the Jacobian is {EX : EᵀW + WE = 0}, whatever n, so the rank
/// is read off W alone. docs/closed-form.md (C19), (C21). Known columns x take from it every E with Ex ≠ 0: docs/output.md (O12).
/// </summary>
internal static class IsometryAlgebra
{
    // Cosquare eigenvalues carry the condition of W; partners are accepted up to 1e-5 and so are zeros here.
    private const double CosquareCeiling = 1e-4;
    private const double SymmetricCeiling = 1e-10;
    private const double IndependenceFloor = 1e-10;

    public static bool Covers(Problem problem, Matrix x)
    {
        var layer = problem.Layer;
        var bare = layer.Heads.Count == 1 && layer.Mask == Mask.None && layer.Rotary.IsNone && problem.Observation.IsOfMaps()
            && layer.Heads[0].QueryBias.IsNone && (layer.Heads[0].KeyBias.IsNone || problem.Observation == Observation.Attention)
            && (problem.Observation == Observation.Scores || !problem.Observed[0].Values.Contains(0));
        return bare && problem.Output.IsNone && problem.FrontEnd.IsNone
            && FullRowRank(problem.Observation == Observation.Attention ? x.CentreRows() : x)
            && FullRowRank(layer.Heads[0].Product);
    }

    public static Option<Rank> Measure(Problem problem)
    {
        var w = problem.Layer.Heads[0].Product;
        return CongruenceSymmetric.Applies(w)
            ? Some(Symmetric(w, KnownSpan.Rank(problem)))
            : Cosquare.Of(w).ToOption().Map(cosquare => Generic(cosquare, Shares(cosquare, problem)));
    }

    // The 2×2 system of (i, j) is singular as 1 − λᵢλⱼ, the 1×1 system of (i, i) as 1 + λᵢ. The isometry of a pair of partners moves a known column
    // as far as it has a share in them.
    private static Rank Generic(Cosquare cosquare, double[] shares)
    {
        var values = cosquare.Spectrum.Values;
        return Rank.Of(
            from i in Enumerable.Range(0, values.Length)
            from j in Enumerable.Range(i, values.Length - i)
            let product = i == j ? -values[i] : values[i] * values[j]
            let free = j == cosquare.Partner[i] ? Math.Max(Relative(product), double.Hypot(shares[i], shares[j])) : Relative(product)
            from value in i == j ? [Relative(product)] : new[] { 1, free }
            select value,
            CosquareCeiling);
    }

    // For every eigenvector vᵢ its largest share in a known column x = Σ vᵢ(yᵢx): the cosine between x and the row yᵢ of the inverse. Not yᵢx
    // of all tracks: two nearly parallel vectors lengthen their own, and the others would seem to have no share.
    private static double[] Shares(Cosquare cosquare, Problem problem)
    {
        var readers = cosquare.Spectrum.Vectors.Inverse().NormalizeRows(2);
        return [.. (readers * KnownSpan.Columns(problem).ToComplex().NormalizeColumns(2)).RowNorms(double.PositiveInfinity)];
    }

    private static double Relative(Complex product) => Complex.Abs(1 - product) / (1 + Complex.Abs(product));

    // λᵢE_ij + λⱼE_ji = M_ij = M_ji: one equation for two unknowns; 2λᵢE_ii = M_ii. Of the skew WE, r known columns leave those of d − r rows.
    private static Rank Symmetric(Matrix w, int known)
    {
        var values = CongruenceSymmetric.Eigenvalues(w);
        return Rank.Of(
            from i in Enumerable.Range(0, values.Length)
            from j in Enumerable.Range(i, values.Length - i)
            from value in i == j ? [2 * Math.Abs(values[i])] : new[] { Math.Sqrt(2) * double.Hypot(values[i], values[j]), i < known ? Math.Abs(values[^1]) : 0 }
            select value,
            SymmetricCeiling);
    }

    public static bool FullRowRank(Matrix a)
    {
        if (a.Columns < a.Rows) return false;
        var qr = HouseholderQr.Of(a.Transpose(), a.Rows, pivoted: true);
        return qr.Pivot(a.Rows - 1) > IndependenceFloor * qr.Pivot(0);
    }
}
