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

    private static ScalarOracle<DoubleDouble> Oracle(MergedCase c) => new(c.Scalar);

    private static DoubleDouble[,] Moved(MergedCase c, double step)
    {
        var x = PlainOracle.In<DoubleDouble>(c.X);
        for (var a = 0; a < c.D; a++)
            for (var i = 0; i < c.N; i++) x[a, i] += DoubleDouble.Of(step) * DoubleDouble.Of(c.U[a, i]);
        return x;
    }

    private static double Dot(double[] a, double[,] b) => a.Zip(b.Cast<double>(), (x, y) => x * y).Sum();

    private static double Norm(IEnumerable<double> a) => Math.Sqrt(a.Sum(x => x * x));
}
