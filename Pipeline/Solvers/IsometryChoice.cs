using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Among all A = P D Q⁻¹ that solve the congruence, the one of least norm: a long A would spend the digits of X on cancellation.
/// Newton's method over the torus, ‖A‖² being dᴴMd. docs/closed-form.md (C9).
/// </summary>
internal static class IsometryChoice
{
    private const int MaxSteps = 60;

    /// <summary>The scales d moved along the torus, their partner products kept.</summary>
    public static Complex[] Shorten(Cosquare w, Matrix<Complex> p, Matrix<Complex> qInverse, Complex[] d)
    {
        // ‖P D Q⁻¹‖² = Σ conj(dᵢ) dⱼ (PᴴP)ᵢⱼ (Q⁻¹Q⁻ᴴ)ⱼᵢ.
        var gram = p.ConjugateTransposeThisAndMultiply(p).PointwiseMultiply((qInverse * qInverse.ConjugateTranspose()).Transpose());
        var generators = Generators(w).ToArray();
        if (generators.Length == 0) return d;
        var (best, damping) = (Norm(gram, d), 1e-3);
        for (var step = 0; step < MaxSteps && damping < 1e12; step++)
        {
            var (gradient, hessian) = Derivatives(gram, generators, d);
            if (gradient.L2Norm() <= 1e-10 * best) break;
            var lowest = hessian.Evd(Symmetricity.Symmetric).EigenValues.Min(v => v.Real);
            var shift = Math.Max(0, -lowest) + damping * hessian.InfinityNorm() / generators.Length;
            var move = (hessian + shift * Matrix<double>.Build.DenseIdentity(generators.Length)).Solve(-gradient);
            var moved = Move(d, generators, move);
            var norm = Norm(gram, moved);
            if (norm < best) (d, best, damping) = (moved, norm, damping * 0.1);
            else damping *= 10;
        }

        return d;
    }

    /// <summary>One generator per dimension of the torus: dᵢ ↦ dᵢ exp(gᵢ t), gᵢ + g_σ(i) = 0, conjugates to conjugates.</summary>
    private static IEnumerable<Complex[]> Generators(Cosquare w)
    {
        var spectrum = w.Spectrum;
        for (var i = 0; i < spectrum.Size; i++)
        {
            var (j, real) = (w.Partner[i], i >= 2 * spectrum.Upper);
            if (real ? i < j : i < spectrum.Upper && i < spectrum.Conjugate(j)) yield return Generator(spectrum, i, j, 1);
            if (i < spectrum.Upper && i <= spectrum.Conjugate(j)) yield return Generator(spectrum, i, j, Complex.ImaginaryOne);
        }
    }

    private static Complex[] Generator(Spectrum spectrum, int i, int j, Complex rate)
    {
        var g = new Complex[spectrum.Size];
        (g[i], g[j]) = (rate, -rate);
        (g[spectrum.Conjugate(i)], g[spectrum.Conjugate(j)]) = (Complex.Conjugate(rate), -Complex.Conjugate(rate));
        return g;
    }

    private static Complex[] Move(Complex[] d, Complex[][] generators, Vector<double> by) =>
        [.. d.Select((value, i) => value * Complex.Exp(generators.Select((g, k) => g[i] * Math.Clamp(by[k], -1, 1)).Aggregate(Complex.Add)))];

    private static double Norm(Matrix<Complex> gram, Complex[] d)
    {
        var v = Vector<Complex>.Build.Dense(d);
        return v.ConjugateDotProduct(gram * v).Real;
    }

    // ∂ₖ = 2Re (gₖd)ᴴMd and ∂ₖ∂ₗ = 2Re[(gₖd)ᴴM(gₗd) + (gₖgₗd)ᴴMd].
    private static (Vector<double>, Matrix<double>) Derivatives(Matrix<Complex> gram, Complex[][] generators, Complex[] d)
    {
        var pull = gram * Vector<Complex>.Build.Dense(d);
        var moved = Matrix<Complex>.Build.Dense(d.Length, generators.Length, (i, k) => generators[k][i] * d[i]);
        var cross = moved.ConjugateTransposeThisAndMultiply(gram * moved);
        var pulled = moved.ConjugateTransposeThisAndMultiply(pull);
        var gradient = Vector<double>.Build.Dense(generators.Length, k => 2 * pulled[k].Real);
        var hessian = Matrix<double>.Build.Dense(generators.Length, generators.Length, (k, l) =>
        {
            var bend = Complex.Zero;
            for (var i = 0; i < d.Length; i++) bend += Complex.Conjugate(generators[k][i] * generators[l][i] * d[i]) * pull[i];
            return 2 * (cross[k, l] + bend).Real;
        });
        return (gradient, hessian);
    }
}
