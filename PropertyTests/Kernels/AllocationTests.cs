using System.Diagnostics;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>An evaluation allocates nothing, neither on the caller's thread nor on any other.</summary>
[Collection(Alone.Name)]
public class AllocationTests
{
    [Fact]
    public void An_allocation_would_be_seen() => Assert.True(Allocations.Of(() => GC.KeepAlive(new object())) > 0);

    [Fact]
    public void What_another_thread_allocates_for_a_while_is_told_apart()
    {
        var other = new Thread(() =>
        {
            for (var begin = Stopwatch.StartNew(); begin.ElapsedMilliseconds < 200;) GC.KeepAlive(new object());
        });
        other.Start();
        Assert.Equal(0, Allocations.Of(() => { }));
        other.Join();
    }

    [Theory]
    [MemberData(nameof(Losses.WithBothMasks), MemberType = typeof(Losses))]
    public void Kernels_allocate_nothing(LossModel model, bool causal)
    {
        KernelCase[] cases = [new MergedCase(4, 4, model, causal, 1), new MergedCase(6, 33, model, causal, 1), new HeadsCase(8, 16, 2, 3, true, model, causal, 1)];
        foreach (var c in cases)
            foreach (var width in VectorWidths.Supported)
            {
                NothingIn(c, Bound.Double(c, KernelTable.BuiltIn, width), KernelRun.Flat<double>(c.X), KernelRun.Flat<double>(c.U));
                NothingIn(c, Bound.Single(c, KernelTable.BuiltIn, width), KernelRun.Flat<float>(c.X), KernelRun.Flat<float>(c.U));
            }
    }

    [Theory]
    [MemberData(nameof(Losses.WithBothMasks), MemberType = typeof(Losses))]
    public void Batches_allocate_nothing(LossModel model, bool causal)
    {
        foreach (var (d, n, threads) in new[] { (3, 5, 1), (3, 5, 2), (8, 16, 1), (8, 16, 2) })
        {
            var problem = new BatchProblem(model, d, n, Count: 19, causal, Shares: false);
            var batch = KernelTable.BuiltIn.CreateBatchDouble(model, d, n, problem.Count, causal, threads: threads);
            problem.Bind(batch);
            var (x, gradient, losses) = (problem.X<double>(), new double[19 * d * n], new double[19]);
            Assert.Equal(0, Allocations.Of(() => batch.Gradient(x, gradient, losses)));
        }
    }

    private static void NothingIn<T>(KernelCase c, AttentionKernel<T> kernel, T[] x, T[] u)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var result = new T[x.Length];
        Assert.Equal((c.ToString(), 0), (c.ToString(), Allocations.Of(() => kernel.Loss(x))));
        Assert.Equal((c.ToString(), 0), (c.ToString(), Allocations.Of(() => kernel.Gradient(x, result))));
        Assert.Equal((c.ToString(), 0), (c.ToString(), Allocations.Of(() => kernel.HessianVector(u, result))));
        Assert.Equal((c.ToString(), 0), (c.ToString(), Allocations.Of(() => kernel.GaussNewton(u, result))));
        Assert.Equal((c.ToString(), 0), (c.ToString(), Allocations.Of(() => kernel.Bend(u, result))));
    }
}
