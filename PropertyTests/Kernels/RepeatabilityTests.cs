using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The same problem gives the same bits, in the same kernel again and in another one.</summary>
public class RepeatabilityTests
{
    // Every way to a kernel that must not change a bit. A kernel that takes a number of threads belongs here, once for each number.
    private static readonly (string Name, Func<KernelCase, VectorWidth, AttentionKernel<double>> Double, Func<KernelCase, VectorWidth, AttentionKernel<float>> Single)[] Ways =
    [
        ("another kernel", (c, width) => Bound.Double(c, KernelTable.AnySize, width), (c, width) => Bound.Single(c, KernelTable.AnySize, width)),
    ];

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
                    foreach (var (name, another, another32) in Ways)
                    {
                        Assert.True(expected.SequenceEqual(Bits(KernelRun.Of(c, another(c, width)))), $"{c} {width}: {name}");
                        Assert.True(expected32.SequenceEqual(Bits(KernelRun.Of(c, another32(c, width)))), $"{c} {width}: {name}, single");
                    }
                }
    }

    private static long[] Bits(KernelRun run) =>
        [.. new[] { run.Loss, run.LossAlone }.Concat(run.Gradient).Concat(run.HessianVector).Concat(run.GaussNewton).Concat(run.Bend).Select(BitConverter.DoubleToInt64Bits)];
}
