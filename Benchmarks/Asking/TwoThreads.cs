using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What a second thread is worth on this machine at this moment: multiply-adds alone, as many as take a batch's time on one thread, in pieces of which each leaves as many bytes
/// in one array as those of a batch do, by one thread and by two to which the same crew hands them out. Processors may share a core, may be far from each other, and a neighbour
/// may have one of them for a while.
/// </summary>
internal static class TwoThreads
{
    // Groups of 1,024 problems, sixteen lanes each.
    private const int Pieces = 64;
    private const int Look = 1_000;

    private static readonly Lazy<double> Step = new(() => KernelTiming.Measure(Looks, TimeSpan.FromMilliseconds(5)).Best / Look);

    /// <summary>Nanoseconds by one and by two for work that takes one thread about so many and leaves so many bytes.</summary>
    public static (double One, double Two) Nanoseconds(double length, int bytes, TimeSpan time)
    {
        var (steps, each, left) = ((int)Math.Max(1, length / Pieces / Step.Value), bytes / Pieces, new byte[bytes]);
        double By(int threads)
        {
            var work = new SharedWork(Piece, threads);
            void Rounds(int times)
            {
                for (; times > 0; times--) work.Run(Pieces);
            }

            return KernelTiming.Measure(Rounds, time).Best;
        }

        void Piece(int number)
        {
            FmaPeak.Work(steps);
            left.AsSpan(number * each, each).Fill((byte)number);
        }

        return (By(1), By(2));
    }

    private static void Looks(int times)
    {
        for (; times > 0; times--) FmaPeak.Work(Look);
    }
}
