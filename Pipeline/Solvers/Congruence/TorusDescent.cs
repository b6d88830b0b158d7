using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The least dᴴMd over scales d whose partner products are given: Newton's method over the torus, after trials of every group by itself. M may have
/// one row more than W: the scale there stays. docs/closed-form.md (C9).
/// </summary>
internal sealed class TorusDescent(Cosquare w, Matrix<Complex> gram)
{
    private const int MaxSteps = 60;
    private const int MaxSweeps = 20;

    // A full turn of a phase, and factors up to e^π of a scale.
    private static readonly double[] Trials = [.. Enumerable.Range(-16, 33).Select(k => k * Math.PI / 16)];

    /// <summary>From <paramref name="d"/> on.</summary>
    public Complex[] Lowest(Complex[] d)
    {
        var generators = Generators().ToArray();
        d = [.. d];
        if (generators.Length == 0) return d;
        Sweep(generators, d);
        var (best, damping) = (Norm(d), 1e-3);
        for (var step = 0; step < MaxSteps && damping < 1e12; step++)
        {
            var (gradient, hessian) = Derivatives(generators, d);
            if (gradient.L2Norm() <= 1e-10 * best) break;
            var lowest = hessian.Evd(Symmetricity.Symmetric).EigenValues.Min(v => v.Real);
            var shift = Math.Max(0, -lowest) + damping * hessian.InfinityNorm() / generators.Length;
            var move = (hessian + shift * Matrix<double>.Build.DenseIdentity(generators.Length)).Solve(-gradient);
            var moved = Move(d, generators, move);
            var norm = Norm(moved);
            if (norm < best) (d, best, damping) = (moved, norm, damping * 0.1);
            else damping *= 10;
        }

        return d;
    }

    // Phases have local minima and the signs of real pairs are not even connected: every factor that one group of the torus offers
    // is tried with the others held, until nothing gains.
    private void Sweep(Complex[][] generators, Complex[] d)
    {
        var moves = generators.Select(g => Trials.Select(t => g.Select(rate => Complex.Exp(t * rate)).ToArray()).ToArray())
            .Concat(Flips().Select(flip => new[] { flip }))
            .Select(trials => (Support: Support(trials), Trials: trials))
            .ToArray();
        var norm = Norm(d);
        for (var (pass, before) = (0, double.PositiveInfinity); pass < MaxSweeps && norm < 0.99 * before; pass++)
        {
            before = norm;
            foreach (var (support, trials) in moves)
            {
                var pull = (gram * Vector<Complex>.Build.Dense(d)).ToArray();
                var best = trials.MinBy(factors => Change(factors, d, pull, support))!;
                if (Change(best, d, pull, support) >= 0) continue;
                foreach (var i in support) d[i] *= best[i];
            }

            norm = Norm(d);
        }
    }

    private static int[] Support(Complex[][] trials) =>
        [.. Enumerable.Range(0, trials[0].Length).Where(i => trials.Any(factors => factors[i] != 1))];

    private IEnumerable<Complex[]> Flips() =>
        from i in Enumerable.Range(2 * w.Spectrum.Upper, w.Spectrum.Size - 2 * w.Spectrum.Upper)
        where i <= w.Partner[i]
        select Enumerable.Range(0, gram.RowCount).Select(j => j == i || j == w.Partner[i] ? -Complex.One : Complex.One).ToArray();

    // With δ the move of the few scales a group touches: ‖A‖² changes by 2Re δᴴMd + δᴴMδ.
    private double Change(Complex[] factors, Complex[] d, Complex[] pull, int[] support)
    {
        var sum = 0.0;
        foreach (var i in support)
        {
            var reach = 2 * pull[i];
            foreach (var j in support) reach += gram[i, j] * Shift(j);
            sum += (Complex.Conjugate(Shift(i)) * reach).Real;
        }

        return sum;
        Complex Shift(int i) => d[i] * (factors[i] - 1);
    }

    /// <summary>One generator per dimension of the torus: dᵢ ↦ dᵢ exp(gᵢ t), gᵢ + g_σ(i) = 0, conjugates to conjugates.</summary>
    private IEnumerable<Complex[]> Generators()
    {
        var spectrum = w.Spectrum;
        for (var i = 0; i < spectrum.Size; i++)
        {
            var (j, real) = (w.Partner[i], i >= 2 * spectrum.Upper);
            if (real ? i < j : i < spectrum.Upper && i < spectrum.Conjugate(j)) yield return Generator(i, j, 1);
            if (i < spectrum.Upper && i <= spectrum.Conjugate(j)) yield return Generator(i, j, Complex.ImaginaryOne);
        }
    }

    private Complex[] Generator(int i, int j, Complex rate)
    {
        var (g, spectrum) = (new Complex[gram.RowCount], w.Spectrum);
        (g[i], g[j]) = (rate, -rate);
        (g[spectrum.Conjugate(i)], g[spectrum.Conjugate(j)]) = (Complex.Conjugate(rate), -Complex.Conjugate(rate));
        return g;
    }

    private static Complex[] Move(Complex[] d, Complex[][] generators, Vector<double> by) =>
        [.. d.Select((value, i) =>
            value * Complex.Exp(generators.Select((g, k) => g[i] * Math.Clamp(by[k], -1, 1)).Aggregate(Complex.Add)))];

    private double Norm(Complex[] d)
    {
        var v = Vector<Complex>.Build.Dense(d);
        return v.ConjugateDotProduct(gram * v).Real;
    }

    // ∂ₖ = 2Re (gₖd)ᴴMd and ∂ₖ∂ₗ = 2Re[(gₖd)ᴴM(gₗd) + (gₖgₗd)ᴴMd].
    private (Vector<double>, Matrix<double>) Derivatives(Complex[][] generators, Complex[] d)
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
