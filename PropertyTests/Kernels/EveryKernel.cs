using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// Calls everything that was emitted: every size in every precision and width of this machine, with one loss in turn, and a few sizes with
/// all of them, with heads and with batches. <c>./check --jit</c> runs this alone and reads in the runtime's own log how each method was
/// compiled.
/// </summary>
public class EveryKernel
{
    private static readonly (int D, int N)[] InFull = [(4, 4), (8, 8), (24, 48), (6, 33)];

    private static readonly KernelTable Table = OwnKernel.OwnKernels.Table;

    public static TheoryData<int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (var (d, n) in Table.Sizes.Append((6, 33))) data.Add(d, n);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void IsFinite(int d, int n)
    {
        foreach (var (turn, width) in VectorWidths.Supported.Index())
            foreach (var model in Enum.GetValues<LossModel>().Where(model => InFull.Contains((d, n)) || (int)model == (d + n / 4 + 3 * turn) % 5))
            {
                // The mask is known at run time only, so either will do.
                var causal = (turn + (int)model) % 2 == 0;
                var c = new MergedCase(d, n, model, causal, seed: 3);
                Assert.True(KernelRun.Double(c, Table, width).IsFinite);
                Assert.True(KernelRun.Single(c, Table, width).IsFinite);
                if (InFull.Contains((d, n))) HeadsAndBatchesAreFinite(d, n, model, causal, width);
            }
    }

    private static void HeadsAndBatchesAreFinite(int d, int n, LossModel model, bool causal, VectorWidth width)
    {
        var heads = new HeadsCase(d, n, 2, 3, true, model, causal, seed: 3);
        Assert.True(KernelRun.Double(heads, Table, width).IsFinite);
        Assert.True(KernelRun.Single(heads, Table, width).IsFinite);
        var batch = new BatchProblem(model, d, n, Count: 3, causal, Shares: false);
        var doubles = Table.CreateBatchDouble(model, d, n, batch.Count, causal, width, threads: 1);
        Assert.All(batch.Of(doubles).Gradients, g => Assert.True(double.IsFinite(g)));
        var singles = Table.CreateBatchSingle(model, d, n, batch.Count, causal, width, threads: 1);
        Assert.All(batch.Of(singles).Gradients, g => Assert.True(double.IsFinite(g)));
    }
}
