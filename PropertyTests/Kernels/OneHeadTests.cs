using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>One thin head without a bias is the merged head with W = W_Q W_Kᵀ.</summary>
public class OneHeadTests
{
    private const double Roundoff = 1.1e-16;

    [Property(MaxTest = 100, Arbitrary = [typeof(KernelArbitraries)])]
    public void One_thin_head_is_the_merged_head(HeadsCase any)
    {
        var c = new HeadsCase(any.D, any.N, heads: 1, any.HeadWidth, hasBias: false, any.Model, any.Causal, any.Seed);
        var merged = KernelTable.BuiltIn.CreateDouble(c.Model, c.D, c.N, c.Causal);
        merged.Bind(KernelRun.Flat<double>(MergedWeights(c)), KernelRun.Flat<double>(c.B), c.Model == LossModel.Output ? KernelRun.Flat<double>(c.V) : []);
        ThreeWays.Same($"{c}", KernelRun.Of(c, merged), KernelRun.Double(c, KernelTable.BuiltIn, VectorWidths.Best), c, Roundoff);
    }

    private static double[,] MergedWeights(HeadsCase c)
    {
        var w = new double[c.D, c.D];
        for (var a = 0; a < c.D; a++)
            for (var b = 0; b < c.D; b++)
                for (var k = 0; k < c.HeadWidth; k++) w[a, b] += c.WQ[0][a, k] * c.WK[0][b, k];
        return w;
    }
}
