using Unmask.Kernels;

namespace Unmask.Benchmarks.Asking;

/// <summary>Two threads that share nothing but the moment: each waits until the other has begun. What is left is the time it takes to hand work over and to learn that it is done.</summary>
internal static class HandOver
{
    public static Action<int> Rounds()
    {
        var (begun, expected) = (0L, 0L);
        var work = new SharedWork(
            (int _) =>
            {
                Interlocked.Increment(ref begun);
                while (Volatile.Read(ref begun) < Volatile.Read(ref expected)) Thread.SpinWait(1);
            },
            threads: 2);
        return times =>
        {
            for (; times > 0; times--)
            {
                Volatile.Write(ref expected, expected + 2);
                work.Run(2);
            }
        };
    }
}
