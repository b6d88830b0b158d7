using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What a second thread is worth on this machine at this moment: multiply-adds alone, in as many pieces as a batch has and as long, by one thread and by two to which the
/// same crew hands them out. Processors may share a core, and a neighbour may have one of them for a while.
/// </summary>
internal static class TwoThreads
{
    // Groups of 1,024 problems, sixteen lanes each.
    private const int Pieces = 64;
    private const int Look = 1_000;

    private static readonly Lazy<double> Step = new(() => KernelTiming.Measure(Looks, TimeSpan.FromMilliseconds(5)).Best / Look);

    /// <summary>Nanoseconds by one and by two for the work that two threads do in about so many.</summary>
    public static (double One, double Two) Nanoseconds(double length, TimeSpan time)
    {
        var steps = (int)Math.Max(1, 2 * length / Pieces / Step.Value);
        double By(int threads)
        {
            var work = new SharedWork((int _) => FmaPeak.Work(steps), threads);
            void Rounds(int times)
            {
                for (; times > 0; times--) work.Run(Pieces);
            }

            return KernelTiming.Measure(Rounds, time).Best;
        }

        return (By(1), By(2));
    }

    private static void Looks(int times)
    {
        for (; times > 0; times--) FmaPeak.Work(Look);
    }
}
