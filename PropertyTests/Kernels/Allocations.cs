using System.Diagnostics;

namespace Unmask.PropertyTests.Kernels;

/// <summary>What a call allocates on all threads together. For tests that run <see cref="Alone"/>.</summary>
internal static class Allocations
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The least bytes of many measurements of <paramref name="times"/> calls, each after <paramref name="before"/>. What belongs to the call is there every time; what the runtime
    /// or the test host does meanwhile is not, though the host may go on for a while with what it was told of the tests before.
    /// </summary>
    public static long Of(Action call, int times = 4, Action? before = null)
    {
        before?.Invoke();
        call();
        var least = long.MaxValue;
        for (var begin = Stopwatch.StartNew(); least > 0 && begin.Elapsed < Patience; Thread.Sleep(begin.Elapsed < AtOnce ? 0 : 20))
        {
            before?.Invoke();
            var (thread, all) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
            for (var k = 0; k < times; k++) call();
            all = GC.GetTotalAllocatedBytes(precise: true) - all;
            least = Math.Min(least, Math.Max(all, GC.GetAllocatedBytesForCurrentThread() - thread));
        }

        return least;
    }
}
