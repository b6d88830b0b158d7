using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What a second thread is worth on this machine at this moment, in two ways. Processors may share a core, may be far from each other, and a neighbour may slow one of them
/// for a while, multiply-adds less than work that reads and writes.
/// </summary>
internal static class TwoThreads
{
    // Groups of 1,024 problems, sixteen lanes each.
    private const int Pieces = 64;
    private const int Look = 1_000;

    private static readonly Lazy<double> Step = new(() => KernelTiming.Measure(Looks, TimeSpan.FromMilliseconds(5)).Best / Look);

    /// <summary>
    /// Multiply-adds alone, as many as take one thread so many nanoseconds, handed out by the same crew as a batch, in pieces of which each leaves as many bytes in one array as those of
    /// a batch do: nanoseconds a step by one thread and by two.
    /// </summary>
    public static (double One, double Two) Adds(double length, int bytes, TimeSpan time)
    {
        var (steps, each, left) = ((int)Math.Max(1, length / Pieces / Step.Value), bytes / Pieces, new byte[bytes]);
        double By(int threads)
        {
            var work = SharedWork.InHalves(Some, threads, least: Pieces / (8 * threads));
            void Rounds(int times)
            {
                for (; times > 0; times--) work.Run(Pieces);
            }

            return KernelTiming.Measure(Rounds, time).Best / (Pieces * steps);
        }

        void Some(int first, int end, int thread)
        {
            for (; first < end; first++)
            {
                FmaPeak.Work(steps);
                left.AsSpan(first * each, each).Fill((byte)first);
            }
        }

        return (By(1), By(2));
    }

    /// <summary>
    /// Two halves of a work that have nothing in common, handed out by the same crew, as often as a batch is: nanoseconds of both; null if never two threads had one each.
    /// </summary>
    public static double? Apart(Action<int> first, Action<int> second, TimeSpan time)
    {
        var shared = false;
        var work = new SharedWork(Half, threads: 2);
        var best = KernelTiming.Measure(Rounds, time).Best;
        return shared ? best : null;

        void Rounds(int times)
        {
            for (; times > 0; times--) work.Run(2);
        }

        void Half(int number, int thread)
        {
            (number == 0 ? first : second)(1);
            if (thread == 1 && !shared) shared = true; // written once: the other thread reads in that line
        }
    }

    private static void Looks(int times)
    {
        for (; times > 0; times--) FmaPeak.Work(Look);
    }
}
