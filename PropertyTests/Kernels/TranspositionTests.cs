using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The trap of docs/derivation.md: which side the query stands on.</summary>
public class TranspositionTests(ITestOutputHelper output)
{
    // The other way round is no small mistake.
    private const double Wrong = 0.1;

    // A few dozen roundings.
    private const double Right = 1e-13;

    /// <summary>Formulas for scores x_jᵀWx_i, taken for x_iᵀWx_j: only Wᵀ in place of W makes them right, and only a W that is not symmetric shows it.</summary>
    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.Attention)]
    public void TheOtherConventionIsWrongUnlessTransposed(LossModel model)
    {
        var c = new MergedCase(8, 12, model, false, 4);
        var exact = PlainOracle.Flat(new ScalarOracle<DoubleDouble>(c.Scalar).Gradient(PlainOracle.In<DoubleDouble>(c.X)));
        double Error(double[,] gradient) => Norm(exact.Zip(gradient.Cast<double>(), (a, b) => a - b)) / Norm(exact);
        var (published, transposed) = (Error(Published(c, c.W)), Error(Published(c, Transposed(c.W))));
        output.WriteLine(FormattableString.Invariant($"| {model} | {published:f2} | {transposed:e0} |"));
        Assert.True(published >= Wrong && transposed <= Right, $"{published:e1}, {transposed:e1}");
    }

    // ∂L/∂X of ½‖R‖² for scores whose key stands on the left, S_ij = x_jᵀWx_i: W X dS + Wᵀ X dSᵀ, dS that of the map at hand.
    private static double[,] Published(MergedCase c, double[,] w)
    {
        var gradient = new double[c.D, c.N];
        var dS = Slope(c);
        for (var i = 0; i < c.N; i++)
            for (var j = 0; j < c.N; j++)
                for (var a = 0; a < c.D; a++)
                    for (var b = 0; b < c.D; b++)
                    {
                        gradient[a, i] += w[b, a] * c.X[b, j] * dS[i, j];
                        gradient[a, j] += w[a, b] * c.X[b, i] * dS[i, j];
                    }

        return gradient;
    }

    // ∂L/∂S of the map that x_iᵀWx_j gives.
    private static double[,] Slope(MergedCase c)
    {
        var (p, dS) = (new double[c.N, c.N], new double[c.N, c.N]);
        for (var i = 0; i < c.N; i++)
        {
            var s = Enumerable.Range(0, c.N).Select(j => Enumerable.Range(0, c.D).Sum(a => Enumerable.Range(0, c.D).Sum(b => c.X[a, i] * c.W[a, b] * c.X[b, j]))).ToArray();
            var sum = s.Sum(Math.Exp);
            for (var j = 0; j < c.N; j++) p[i, j] = c.Model == LossModel.Scores ? s[j] : Math.Exp(s[j]) / sum;
            var mean = Enumerable.Range(0, c.N).Sum(j => p[i, j] * (p[i, j] - c.B[0][i, j]));
            for (var j = 0; j < c.N; j++) dS[i, j] = c.Model == LossModel.Scores ? s[j] - c.B[0][i, j] : p[i, j] * (p[i, j] - c.B[0][i, j] - mean);
        }

        return dS;
    }

    private static double[,] Transposed(double[,] w)
    {
        var t = new double[w.GetLength(1), w.GetLength(0)];
        for (var i = 0; i < t.GetLength(0); i++)
            for (var j = 0; j < t.GetLength(1); j++) t[i, j] = w[j, i];
        return t;
    }

    private static double Norm(IEnumerable<double> a) => Math.Sqrt(a.Sum(x => x * x));
}
