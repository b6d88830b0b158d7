using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace Unmask.Kernels.Measurement;

/// <summary>
/// Times work that is handed over as "evaluate so many times". With <see cref="FmaPeak"/> the only place of the library that looks at a clock.
/// </summary>
public static class KernelTiming
{
    // The runtime compiles better versions of what was called thirty times a tenth of a second after it last met anything new, and does so
    // twice. So long after the last new method, nothing more is to come, even where it gets little time for it.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300 + 100 * LoneProcessor());
    private static readonly TimeSpan LongestWarmUp = 5 * Quiet;
    private const int EnoughCalls = 100;

    /// <summary>Long enough for the clock, short enough to pass between two interruptions of a shared machine.</summary>
    public static readonly TimeSpan ShortBlock = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs until the runtime has compiled for good what is called from within; gives up after a few seconds, or sooner if told to.</summary>
    public static void WarmUp(Action<int> evaluate, TimeSpan? longest = null)
    {
        var limit = longest < LongestWarmUp ? longest.Value : LongestWarmUp;
        var (begin, changed, compiled) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), JitInfo.GetCompiledMethodCount());
        for (var calls = 0; Stopwatch.GetElapsedTime(begin) < limit; calls++)
        {
            if (calls >= EnoughCalls && Stopwatch.GetElapsedTime(changed) > Quiet) return;
            evaluate(calls < EnoughCalls ? 1 : 10);
            var now = JitInfo.GetCompiledMethodCount();
            if (now != compiled) (compiled, changed) = (now, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>
    /// Blocks of a millisecond within the time, or of one evaluation where that is longer, or as long as told; a twentieth of the time at most, unless told, and three at least.
    /// A tenth of the time goes before to warm caches and clocks. On a machine with neighbours the least of long blocks is more than the least of short ones: figures
    /// to be compared must come from blocks of one length.
    /// </summary>
    public static Timing Measure(Action<int> evaluate, TimeSpan time, TimeSpan? block = null) => Measure(evaluate, time, block, TimeProvider.System);

    /// <summary>The same by any clock.</summary>
    internal static Timing Measure(Action<int> evaluate, TimeSpan time, TimeSpan? block, TimeProvider clock)
    {
        var (budget, times) = (time.TotalNanoseconds, 1);
        var length = block?.TotalNanoseconds ?? Math.Min(budget / 20, ShortBlock.TotalNanoseconds);
        var each = Nanoseconds(evaluate, 1, clock);
        for (var spent = each; spent < budget / 10; spent += each * times)
        {
            times = (int)Math.Clamp(length / each, 1, times * 10.0);
            each = Nanoseconds(evaluate, times, clock);
        }

        times = (int)Math.Clamp(length / each, 1, int.MaxValue);
        var blocks = new List<double>();
        while (blocks.Count < 3 || blocks.Sum() * times < budget * 0.9) blocks.Add(Nanoseconds(evaluate, times, clock));
        return Timing.Of(blocks);
    }

    /// <summary>
    /// Several candidates in turn, round by round, so that a drifting clock meets all of them alike: per candidate the median of its medians.
    /// </summary>
    public static ImmutableArray<Timing> Interleaved(IReadOnlyList<Action<int>> candidates, int rounds, TimeSpan each)
    {
        foreach (var candidate in candidates) WarmUp(candidate);
        var timings = candidates.Select(_ => new List<Timing>()).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < candidates.Count; i++) timings[i].Add(Measure(candidates[i], each));
        return [.. timings.Select(Together)];
    }

    private static Timing Together(IReadOnlyCollection<Timing> rounds) =>
        new(Timing.Of(rounds.Select(t => t.Median)).Median, rounds.Min(t => t.Best), rounds.Sum(t => t.Blocks));

    // With a single processor, as for a process that is pinned to one, it waits ten times as long, unless it is told otherwise.
    private static int LoneProcessor() =>
        Environment.ProcessorCount > 1 ? 1
        : int.TryParse(Environment.GetEnvironmentVariable("DOTNET_TC_DelaySingleProcMultiplier"), NumberStyles.HexNumber, null, out var times) ? times
        : 10;

    private static double Nanoseconds(Action<int> evaluate, int times, TimeProvider clock)
    {
        var begin = clock.GetTimestamp();
        evaluate(times);
        return Math.Max(1, clock.Nanoseconds(begin)) / times;
    }
}
