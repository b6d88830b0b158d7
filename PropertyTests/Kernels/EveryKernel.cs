using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// Calls everything that was emitted: every size, loss, mask, precision and width of this machine. <c>./check --jit</c> runs this alone and
/// reads in the runtime's own log how each method was compiled.
/// </summary>
public class EveryKernel
{
    public static TheoryData<int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (var (d, n) in OwnKernel.OwnKernels.Table.Sizes.Append((6, 33))) data.Add(d, n);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void IsFinite(int d, int n)
    {
        foreach (var model in Enum.GetValues<LossModel>())
            foreach (var causal in new[] { false, true })
            {
                var c = new MergedCase(d, n, model, causal, seed: 3);
                foreach (var width in VectorWidths.Supported)
                {
                    Assert.True(KernelRun.Double(c, OwnKernel.OwnKernels.Table, width).IsFinite);
                    Assert.True(KernelRun.Single(c, OwnKernel.OwnKernels.Table, width).IsFinite);
                }
            }
    }
}
