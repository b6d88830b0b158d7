using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Derivatives against differences of the scalar loops, with a W that is not symmetric, and the symmetry of both products.</summary>
public class FiniteDifferences
{
    // A central difference errs by h²/6 times a third derivative and by roundoff/h: both near 1e-9 of the magnitudes at this step.
    private const double Step = 1e-5;
    private const double Tolerance = 2e-6;

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void GradientIsTheSlopeOfTheLoss(KernelCase c)
    {
        var oracle = new ScalarOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var slope = (oracle.Loss(Moved(c, Step)) - oracle.Loss(Moved(c, -Step))) / (2 * Step);
        Near(slope, Dot(run.Gradient, c.U), Norm(run.Gradient) * Norm(c.U) + Math.Abs(run.Loss));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void HessianVectorIsTheSlopeOfTheGradient(KernelCase c)
    {
        var oracle = new ScalarOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (ahead, behind) = (oracle.Gradient(Moved(c, Step)), oracle.Gradient(Moved(c, -Step)));
        var scale = Norm(run.HessianVector) + Norm(run.Gradient);
        for (var k = 0; k < run.HessianVector.Length; k++)
            Near((ahead[k / c.N, k % c.N] - behind[k / c.N, k % c.N]) / (2 * Step), run.HessianVector[k], scale);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void GaussNewtonIsTheSquaredSlopeOfTheResidual(KernelCase c)
    {
        // tᵀ G u = ⟨J t, ∇²outer J u⟩, with the slopes J t and J u by differences.
        var oracle = new ScalarOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (ju, jt) = (Slope(oracle, c, c.U), Slope(oracle, c, c.T));
        var curved = c.Model == LossModel.CrossEntropy ? SoftmaxCurvature(c, oracle, ju) : ju;
        Near(Dot([.. curved.Cast<double>()], jt), Dot(run.GaussNewton, c.T), Norm(run.GaussNewton) * Norm(c.T) + 1);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void BendIsTheSecondSlopeOfTheResidual(KernelCase c)
    {
        // tᵀ K(u) = ⟨J t, ∇²outer Z''[u, u]⟩; the second difference loses half of the digits, so it takes a longer step.
        const double step = 1e-3;
        var oracle = new ScalarOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (here, ahead, behind) = (oracle.Residual(c.X), oracle.Residual(Moved(c, step)), oracle.Residual(Moved(c, -step)));
        for (var i = 0; i < here.GetLength(0); i++)
            for (var j = 0; j < here.GetLength(1); j++) here[i, j] = (ahead[i, j] - 2 * here[i, j] + behind[i, j]) / (step * step);
        var curved = c.Model == LossModel.CrossEntropy ? SoftmaxCurvature(c, oracle, here) : here;
        var expected = Dot([.. curved.Cast<double>()], Slope(oracle, c, c.T));
        var scale = Norm(run.Bend) * Norm(c.T) + Norm(here) * Norm(c.T);
        Assert.True(Math.Abs(expected - Dot(run.Bend, c.T)) <= 1e-4 * (1 + scale), $"expected {expected:R}, got {Dot(run.Bend, c.T):R}"); // step² times a fourth derivative
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void ProductsAreSymmetric(KernelCase c)
    {
        var kernel = KernelTable.BuiltIn.CreateDouble(c.Model, c.D, c.N, c.Causal);
        kernel.Bind(KernelRun.Flat<double>(c.W), KernelRun.Flat<double>(c.B), c.Model == LossModel.Output ? KernelRun.Flat<double>(c.V) : []);
        var (u, t) = (KernelRun.Flat<double>(c.U), KernelRun.Flat<double>(c.T));
        var (hu, ht) = (new double[u.Length], new double[u.Length]);
        kernel.Gradient(KernelRun.Flat<double>(c.X), hu);
        kernel.HessianVector(u, hu);
        kernel.HessianVector(t, ht);
        Assert.True(Math.Abs(Dot(hu, c.T) - Dot(ht, c.U)) <= 1e-12 * (1 + Norm(hu) * Norm(c.T) + Norm(ht) * Norm(c.U))); // rounding of two inner products
        kernel.GaussNewton(u, hu);
        kernel.GaussNewton(t, ht);
        Assert.True(Math.Abs(Dot(hu, c.T) - Dot(ht, c.U)) <= 1e-12 * (1 + Norm(hu) * Norm(c.T) + Norm(ht) * Norm(c.U)));
        Assert.True(Dot(hu, c.U) >= -1e-12 * Norm(hu) * Norm(c.U), "the Gauss-Newton matrix is positive semidefinite");
    }

    private static double[,] SoftmaxCurvature(KernelCase c, ScalarOracle oracle, double[,] t)
    {
        // ∇² of −Σ b log softmax(z), applied to t: b̄ (p ∘ t − p (p·t)) in every row, b̄ the row's sum.
        var z = oracle.Residual(c.X);
        var result = new double[c.N, c.N];
        for (var i = 0; i < c.N; i++)
        {
            var end = c.Causal ? i + 1 : c.N;
            var max = Enumerable.Range(0, end).Max(j => z[i, j]);
            var e = Enumerable.Range(0, end).Select(j => Math.Exp(z[i, j] - max)).ToArray();
            var (sum, mass) = (e.Sum(), Enumerable.Range(0, end).Sum(j => c.B[i, j]));
            var mean = Enumerable.Range(0, end).Sum(j => e[j] / sum * t[i, j]);
            for (var j = 0; j < end; j++) result[i, j] = mass * e[j] / sum * (t[i, j] - mean);
        }

        return result;
    }

    private static double[,] Slope(ScalarOracle oracle, KernelCase c, double[,] direction)
    {
        var (ahead, behind) = (oracle.Residual(Moved(c, Step, direction)), oracle.Residual(Moved(c, -Step, direction)));
        for (var i = 0; i < ahead.GetLength(0); i++)
            for (var j = 0; j < ahead.GetLength(1); j++) ahead[i, j] = (ahead[i, j] - behind[i, j]) / (2 * Step);
        return ahead;
    }

    private static double[,] Moved(KernelCase c, double step, double[,]? direction = null)
    {
        var moved = (double[,])c.X.Clone();
        for (var i = 0; i < c.D; i++)
            for (var j = 0; j < c.N; j++) moved[i, j] += step * (direction ?? c.U)[i, j];
        return moved;
    }

    private static void Near(double expected, double actual, double scale) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * (1 + scale), $"expected {expected:R}, got {actual:R}, scale {scale:E2}");

    private static double Dot(double[] a, double[,] b) => a.Zip(b.Cast<double>(), (x, y) => x * y).Sum();

    private static double Norm(double[] a) => Math.Sqrt(a.Sum(x => x * x));

    private static double Norm(double[,] a) => Norm([.. a.Cast<double>()]);
}
