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
    public void GradientIsTheSlopeOfTheLoss(MergedCase c) => Gradient(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void GradientOfHeadsIsTheSlopeOfTheLoss(HeadsCase c) => Gradient(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void HessianVectorIsTheSlopeOfTheGradient(MergedCase c) => HessianVector(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void HessianVectorOfHeadsIsTheSlopeOfTheGradient(HeadsCase c) => HessianVector(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void GaussNewtonIsTheSquaredSlopeOfTheResidual(MergedCase c) => GaussNewton(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void GaussNewtonOfHeadsIsTheSquaredSlopeOfTheResidual(HeadsCase c) => GaussNewton(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void BendIsTheSecondSlopeOfTheResidual(MergedCase c) => Bend(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void BendOfHeadsIsTheSecondSlopeOfTheResidual(HeadsCase c) => Bend(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void ProductsAreSymmetric(MergedCase c) => Symmetric(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void ProductsOfHeadsAreSymmetric(HeadsCase c) => Symmetric(c);

    private static void Gradient(KernelCase c)
    {
        var oracle = new PlainOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var slope = (oracle.Loss(Moved(c, Step)) - oracle.Loss(Moved(c, -Step))) / (2 * Step);
        Near(slope, Dot(run.Gradient, c.U), Norm(run.Gradient) * Norm(c.U) + Math.Abs(run.Loss));
    }

    private static void HessianVector(KernelCase c)
    {
        var oracle = new PlainOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (ahead, behind) = (oracle.Gradient(Moved(c, Step)), oracle.Gradient(Moved(c, -Step)));
        var scale = Norm(run.HessianVector) + Norm(run.Gradient);
        for (var k = 0; k < run.HessianVector.Length; k++) Near((ahead[k] - behind[k]) / (2 * Step), run.HessianVector[k], scale);
    }

    private static void GaussNewton(KernelCase c)
    {
        // tᵀ G u = ⟨J t, ∇²outer J u⟩, with the slopes J t and J u by differences.
        var oracle = new PlainOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (ju, jt) = (Slope(oracle, c, c.U), Slope(oracle, c, c.T));
        Near(Dot(Curved(c, oracle, ju), jt), Dot(run.GaussNewton, c.T), Norm(run.GaussNewton) * Norm(c.T) + 1);
    }

    private static void Bend(KernelCase c)
    {
        // tᵀ K(u) = ⟨J t, ∇²outer Z''[u, u]⟩; the second difference loses half of the digits, so it takes a longer step.
        const double step = 1e-3;
        var oracle = new PlainOracle(c);
        var run = KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
        var (here, ahead, behind) = (oracle.Residual(c.X), oracle.Residual(Moved(c, step)), oracle.Residual(Moved(c, -step)));
        var bent = here.Select((z, k) => (ahead[k] - 2 * z + behind[k]) / (step * step)).ToArray();
        var expected = Dot(Curved(c, oracle, bent), Slope(oracle, c, c.T));
        var scale = Norm(run.Bend) * Norm(c.T) + Norm(bent) * Norm(c.T);
        Assert.True(Math.Abs(expected - Dot(run.Bend, c.T)) <= 1e-4 * (1 + scale), $"expected {expected:R}, got {Dot(run.Bend, c.T):R}"); // step² times a fourth derivative
    }

    private static void Symmetric(KernelCase c)
    {
        var kernel = Bound.Double(c, KernelTable.BuiltIn, VectorWidths.Best);
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

    // ∇²outer t: the identity, or for −Σ b log softmax(z) b̄ (p ∘ t − p (p·t)) in every row, b̄ the row's sum.
    private static double[] Curved(KernelCase c, PlainOracle oracle, double[] t)
    {
        if (c.Model != LossModel.CrossEntropy) return t;
        var (z, result) = (oracle.Residual(c.X), new double[t.Length]);
        for (var row = 0; row < c.Heads * c.N; row++)
        {
            var (i, start) = (row % c.N, row * c.N);
            var seen = Enumerable.Range(0, c.Causal ? i + 1 : c.N).ToList();
            var max = seen.Max(j => z[start + j]);
            var e = seen.Select(j => Math.Exp(z[start + j] - max)).ToArray();
            var (sum, mass) = (e.Sum(), seen.Sum(j => c.B[row / c.N][i, j]));
            var mean = seen.Sum(j => e[j] / sum * t[start + j]);
            foreach (var j in seen) result[start + j] = mass * e[j] / sum * (t[start + j] - mean);
        }

        return result;
    }

    private static double[] Slope(PlainOracle oracle, KernelCase c, double[,] direction) =>
        [.. oracle.Residual(Moved(c, Step, direction)).Zip(oracle.Residual(Moved(c, -Step, direction)), (ahead, behind) => (ahead - behind) / (2 * Step))];

    private static double[,] Moved(KernelCase c, double step, double[,]? direction = null)
    {
        var moved = (double[,])c.X.Clone();
        for (var i = 0; i < c.D; i++)
            for (var j = 0; j < c.N; j++) moved[i, j] += step * (direction ?? c.U)[i, j];
        return moved;
    }

    private static void Near(double expected, double actual, double scale) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * (1 + scale), $"expected {expected:R}, got {actual:R}, scale {scale:E2}");

    private static double Dot(double[] a, double[,] b) => Dot(a, [.. b.Cast<double>()]);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Norm(double[] a) => Math.Sqrt(a.Sum(x => x * x));

    private static double Norm(double[,] a) => Norm([.. a.Cast<double>()]);
}
