using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>One thin head without a bias is the merged head with W = W_Q W_Kᵀ.</summary>
public class OneHeadTests
{
    private const double Roundoff = 1.0 / (1L << 53);

    [Property(MaxTest = 100, Arbitrary = [typeof(KernelArbitraries)])]
    public void One_thin_head_is_the_merged_head(HeadsCase any)
    {
        var thin = new HeadsCase(any.D, any.N, heads: 1, any.HeadWidth, hasBias: false, any.Model, any.Causal, any.Seed);
        var merged = new MergedCase(thin.D, thin.N, thin.Model, thin.Causal, thin.Seed) { W = Merged(thin), V = thin.V[0], B = thin.B };
        var (ofThin, ofMerged) = (BoundedRun.Of(thin), BoundedRun.Of(merged));
        Close.Assert($"{thin}", ofThin, KernelRun.Double(thin, KernelTable.BuiltIn, VectorWidths.Best), 2 * Roundoff);
        Close.Assert($"{thin} merged", ofMerged, KernelRun.Double(merged, KernelTable.BuiltIn, VectorWidths.Best), 2 * Roundoff);
        Close.Assert($"{thin} loss", [ofThin.Values.Loss], [ofThin.Errors.Loss + ofMerged.Errors.Loss], [ofMerged.Values.Loss], Roundoff);
        Close.Assert($"{thin} Hessian-vector", ofThin.Values.HessianVector, Together(ofThin, ofMerged), ofMerged.Values.HessianVector, Roundoff);
    }

    private static double[] Together(BoundedRun a, BoundedRun b) => [.. a.Errors.HessianVector.Zip(b.Errors.HessianVector, (x, y) => x + y)];

    // Weights of few digits, so that their product is exact.
    private static double[,] Merged(HeadsCase c)
    {
        Coarsen(c.WQ[0]);
        Coarsen(c.WK[0]);
        var w = new double[c.D, c.D];
        for (var a = 0; a < c.D; a++)
            for (var b = 0; b < c.D; b++)
                for (var k = 0; k < c.HeadWidth; k++) w[a, b] += c.WQ[0][a, k] * c.WK[0][b, k];
        return w;
    }

    private static void Coarsen(double[,] weights)
    {
        for (var a = 0; a < weights.GetLength(0); a++)
            for (var k = 0; k < weights.GetLength(1); k++) weights[a, k] = Math.Round(weights[a, k] * 4096) / 4096;
    }
}
