using System.Diagnostics;
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

    // Numbers from one thread's to the other's, so that no line of the cache is both's.
    private const int Apiece = 16;

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
    /// Two halves of a work that have nothing in common, each on a thread of its own for a millisecond at a time, handed out no more often: nanoseconds of the whole at the speed of both together; null if never two
    /// threads had one each.
    /// </summary>
    public static double? Apart(Action<int> first, Action<int> second, double half, TimeSpan time)
    {
        var times = (int)Math.Max(1, KernelTiming.ShortBlock.TotalNanoseconds / half);
        var (spent, by, best) = (new double[2 * Apiece], new int[2 * Apiece], double.PositiveInfinity);
        var work = new SharedWork(Half, threads: 2);
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < time;)
        {
            work.Run(2);
            var (one, other) = (spent[0], spent[Apiece]);
            if (by[0] != by[Apiece]) best = Math.Min(best, 2 / ((1 / one) + (1 / other))); // else one thread did both, one after the other
        }

        return double.IsFinite(best) ? best : null;

        void Half(int number, int thread)
        {
            var begin = Stopwatch.GetTimestamp();
            (number == 0 ? first : second)(times);
            (spent[number * Apiece], by[number * Apiece]) = (TimeProvider.System.Nanoseconds(begin) / times, thread);
        }
    }

    private static void Looks(int times)
    {
        for (; times > 0; times--) FmaPeak.Work(Look);
    }
}
