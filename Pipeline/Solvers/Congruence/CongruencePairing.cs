using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// AᵀWA = K for generic W: the cosquares are similar, so A = P D Q⁻¹ with P, Q their eigenvectors in matched order and
/// DᵢD_σ(i) = kᵢ/wᵢ. docs/closed-form.md (C6)–(C8).
/// </summary>
internal static class CongruencePairing
{
    // A pair on the unit circle has a sign, sgn(kᵢ/wᵢ), that real congruence keeps: a match against it costs more than any spread.
    private const double SignPenalty = 10;

    public static Fin<Matrix> Solve(Cosquare w, Matrix k)
    {
        var q = Spectrum.Of(k);
        if (!q.Values.All(Complex.IsFinite)) return Faults.CongruenceDegenerate("the map's own form K is singular");
        if (q.Upper != w.Spectrum.Upper)
            return Faults.CongruenceDegenerate($"K has {2 * q.Upper} complex eigenvalues where W has {2 * w.Spectrum.Upper}");
        var match = Match(w, q);
        var ordered = Matrix<Complex>.Build.Dense(q.Size, q.Size, (i, j) => q.Vectors[i, match[j]]);
        var inverse = ordered.Inverse();
        var d = IsometryChoice.Shorten(w, w.Spectrum.Vectors, inverse, Scales(w, q, match));
        var a = (w.Spectrum.Vectors * Matrix<Complex>.Build.DiagonalOfDiagonalArray(d) * inverse).RealPart();
        return a.AllFinite() ? a : Faults.CongruenceDegenerate("the eigenvectors of K are dependent");
    }

    /// <summary>For every eigenvalue of W the one of K that is it.</summary>
    private static int[] Match(Cosquare w, Spectrum q)
    {
        var (upper, size) = (q.Upper, q.Size);
        var match = new int[size];
        var circle = Enumerable.Range(0, upper).Select(i => q.Pair(i, q.Conjugate(i))).ToArray();
        var complex = Assignment.Solve(upper, (i, j) =>
            Cosquare.Spread(w.Spectrum.Values[i], q.Values[j])
            + (w.OnCircle(i) && (circle[j] / w.Weight[i]).Real < 0 ? SignPenalty : 0));
        var real = Assignment.Solve(size - 2 * upper, (i, j) =>
            Cosquare.Spread(w.Spectrum.Values[2 * upper + i], q.Values[2 * upper + j]));
        for (var i = 0; i < upper; i++) (match[i], match[i + upper]) = (complex[i], complex[i] + upper);
        for (var i = 0; i < real.Length; i++) match[2 * upper + i] = 2 * upper + real[i];
        return match;
    }

    // The partners of K are those of W carried over, so a K whose own eigenvalues are blurred still yields a real A.
    private static Complex[] Scales(Cosquare w, Spectrum q, int[] match)
    {
        Complex Ratio(int i) => q.Pair(match[i], match[w.Partner[i]]) / w.Weight[i];
        var d = new Complex[q.Size];
        for (var i = 0; i < q.Upper; i++)
        {
            var twin = w.Spectrum.Conjugate(w.Partner[i]);
            d[i] = twin == i ? Math.Sqrt(Complex.Abs(Ratio(i)))
                : i < twin ? Complex.Sqrt(Ratio(i))
                : Complex.Conjugate(d[twin]);
            d[w.Spectrum.Conjugate(i)] = Complex.Conjugate(d[i]);
        }

        for (var i = 2 * q.Upper; i < q.Size; i++)
        {
            var ratio = Ratio(i).Real;
            d[i] = i <= w.Partner[i] ? Math.Sqrt(Math.Abs(ratio)) : Math.CopySign(Math.Sqrt(Math.Abs(ratio)), ratio);
        }

        return d;
    }
}
