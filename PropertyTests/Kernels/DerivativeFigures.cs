using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// How near the derived gradient and products are to differences of the scalar loops, taken in 106 bits: there a step of 1e-10 errs by 1e-20
/// of the third derivative, so what is left is the kernels' own rounding.
/// </summary>
public class DerivativeFigures(ITestOutputHelper output)
{
    private const double Step = 1e-10;

    // A few dozen roundings of sums of n² terms; central differences in double precision end at 1e-10.
    private const double Roundings = 1e-13;

    // The other way round is no small mistake.
    private const double Wrong = 0.1;

    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.Attention)]
    [InlineData(LossModel.LogAttention)]
    [InlineData(LossModel.CrossEntropy)]
    [InlineData(LossModel.Output)]
    public void DerivedProductsAreDifferences(LossModel model)
    {
        var (gradient, hessian) = (0.0, 0.0);
        foreach (var c in new[] { new MergedCase(8, 12, model, false, 1), new MergedCase(16, 32, model, false, 2), new MergedCase(8, 12, model, true, 3) })
        {
            var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
            var slope = (Oracle(c).Loss(Moved(c, Step)) - Oracle(c).Loss(Moved(c, -Step))).Value / (2 * Step);
            gradient = Math.Max(gradient, Math.Abs(slope - Dot(run.Gradient, c.U)) / (Norm(run.Gradient) * Norm(c.U.Cast<double>())));
            var (ahead, behind) = (Oracle(c).Gradient(Moved(c, Step)), Oracle(c).Gradient(Moved(c, -Step)));
            var differences = ahead.Cast<DoubleDouble>().Zip(behind.Cast<DoubleDouble>(), (a, b) => (a - b).Value / (2 * Step)).ToArray();
            hessian = Math.Max(hessian, Norm(differences.Zip(run.HessianVector, (a, b) => a - b)) / Norm(differences));
        }

        output.WriteLine(FormattableString.Invariant($"| {model} | {gradient:e0} | {hessian:e0} |"));
        Assert.True(gradient <= Roundings && hessian <= Roundings, $"{gradient:e1}, {hessian:e1}");
    }

    /// <summary>Formulas for scores x_jᵀWx_i, taken for x_iᵀWx_j: only Wᵀ in place of W makes them right, and only a W that is not symmetric shows it.</summary>
    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.Attention)]
    public void TheOtherConventionIsWrongUnlessTransposed(LossModel model)
    {
        var c = new MergedCase(8, 12, model, false, 4);
        var exact = PlainOracle.Flat(Oracle(c).Gradient(PlainOracle.In<DoubleDouble>(c.X)));
        double Error(double[,] gradient) => Norm(exact.Zip(gradient.Cast<double>(), (a, b) => a - b)) / Norm(exact);
        var (published, transposed) = (Error(Published(c, c.W)), Error(Published(c, Transposed(c.W))));
        output.WriteLine(FormattableString.Invariant($"| {model} | {published:f2} | {transposed:e0} |"));
        Assert.True(published >= Wrong && transposed <= 1e-12, $"{published:e1}, {transposed:e1}");
    }

    /// <summary>
    /// Regularised until it is convex everywhere, a loss of the scores has its minimum at X = 0, because its slope there is zero: such a λ finds nothing.
    /// </summary>
    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.Attention)]
    [InlineData(LossModel.LogAttention)]
    [InlineData(LossModel.CrossEntropy)]
    public void NothingIsAStationaryPoint(LossModel model)
    {
        var c = new MergedCase(8, 12, model, false, 5);
        Assert.Equal(0, Norm(new PlainOracle(c).Gradient(new double[8, 12])));
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

    private static ScalarOracle<DoubleDouble> Oracle(MergedCase c) => new(c.Scalar);

    private static DoubleDouble[,] Moved(MergedCase c, double step)
    {
        var x = PlainOracle.In<DoubleDouble>(c.X);
        for (var a = 0; a < c.D; a++)
            for (var i = 0; i < c.N; i++) x[a, i] += DoubleDouble.Of(step) * DoubleDouble.Of(c.U[a, i]);
        return x;
    }

    private static double[,] Transposed(double[,] w)
    {
        var t = new double[w.GetLength(1), w.GetLength(0)];
        for (var i = 0; i < t.GetLength(0); i++)
            for (var j = 0; j < t.GetLength(1); j++) t[i, j] = w[j, i];
        return t;
    }

    private static double Dot(double[] a, double[,] b) => a.Zip(b.Cast<double>(), (x, y) => x * y).Sum();

    private static double Norm(IEnumerable<double> a) => Math.Sqrt(a.Sum(x => x * x));
}
