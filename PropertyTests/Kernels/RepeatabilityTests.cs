using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The same problem gives the same bits, in the same kernel again and in another one.</summary>
public class RepeatabilityTests
{
    public static TheoryData<int, int> Sizes => new() { { 5, 7 }, { 16, 33 }, { 70, 131 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void No_bit_depends_on_the_run(int d, int n)
    {
        foreach (var model in Enum.GetValues<LossModel>())
            foreach (var c in new KernelCase[] { new MergedCase(d, n, model, causal: n == 33, seed: 5), new HeadsCase(d, n, 2, 6, true, model, causal: n != 33, seed: 5) })
                foreach (var width in VectorWidths.Supported)
                {
                    var (doubles, singles) = (Bound.Double(c, KernelTable.AnySize, width), Bound.Single(c, KernelTable.AnySize, width));
                    var (expected, expected32) = (Bits(KernelRun.Of(c, doubles)), Bits(KernelRun.Of(c, singles)));
                    Assert.Equal(expected, Bits(KernelRun.Of(c, doubles)));
                    Assert.Equal(expected32, Bits(KernelRun.Of(c, singles)));
                    Assert.Equal(expected, Bits(KernelRun.Of(c, Bound.Double(c, KernelTable.AnySize, width))));
                    Assert.Equal(expected32, Bits(KernelRun.Of(c, Bound.Single(c, KernelTable.AnySize, width))));
                }
    }

    /// <summary>Products of four million multiply-adds and more are shared out; 200·200·140 is one, and 70·600·128, a block of scores whose squares are summed in three pieces.</summary>
    [Theory]
    [InlineData(LossModel.Attention, 200, 140, false)]
    [InlineData(LossModel.Scores, 200, 140, true)]
    [InlineData(LossModel.Scores, 70, 600, false)]
    [InlineData(LossModel.Output, 200, 140, false)]
    public void No_bit_depends_on_the_threads(LossModel model, int d, int n, bool causal)
    {
        var c = new MergedCase(d, n, model, causal, seed: 5);
        var (expected, expected32) = (Run(1), Run32(1));
        foreach (var threads in new[] { 2, 3 })
        {
            Assert.Equal(expected, Run(threads));
            Assert.Equal(expected32, Run32(threads));
        }

        long[] Run(int threads) => Bits(KernelRun.Of(c, Bound.Double(c, KernelTable.AnySize, VectorWidths.Best, threads)));
        long[] Run32(int threads) => Bits(KernelRun.Of(c, Bound.Single(c, KernelTable.AnySize, VectorWidths.Best, threads)));
    }

    private static long[] Bits(KernelRun run) =>
        [.. new[] { run.Loss, run.LossAlone }.Concat(run.Gradient).Concat(run.HessianVector).Concat(run.GaussNewton).Concat(run.Bend).Select(BitConverter.DoubleToInt64Bits)];
}
