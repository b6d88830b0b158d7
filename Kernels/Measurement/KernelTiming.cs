using System.Collections.Immutable;
using System.Diagnostics;

namespace Unmask.Kernels.Measurement;

/// <summary>
/// Times work that is handed over as "evaluate so many times". With <see cref="FmaPeak"/> the only place of the library that looks at a clock.
/// </summary>
public static class KernelTiming
{
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(1);

    // Thirty calls ask for the next tier of compilation, twice; more than that many for good measure.
    private const int SettlingCalls = 100;

    /// <summary>
    /// Runs until the runtime has had the calls and the time to compile for good what is called from within; a long evaluation for one second.
    /// </summary>
    public static void WarmUp(Action<int> evaluate)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var calls = 0; Stopwatch.GetElapsedTime(begin) < LongestWarmUp; calls++)
        {
            if (calls >= SettlingCalls && Stopwatch.GetElapsedTime(begin) >= SettlingTime) return;
            evaluate(1);
        }
    }

    /// <summary>Some twenty blocks of equal length within the time, three at least, after a tenth of it to warm caches and clocks.</summary>
    public static Timing Measure(Action<int> evaluate, TimeSpan time)
    {
        var (budget, times) = (time.TotalNanoseconds, 1);
        var each = Nanoseconds(evaluate, 1);
        for (var spent = each; spent < budget / 10; spent += each * times)
        {
            times = (int)Math.Clamp(budget / 20 / each, 1, times * 10.0);
            each = Nanoseconds(evaluate, times);
        }

        times = (int)Math.Clamp(budget / 20 / each, 1, int.MaxValue);
        var blocks = new List<double>();
        while (blocks.Count < 3 || blocks.Sum() * times < budget * 0.9) blocks.Add(Nanoseconds(evaluate, times));
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
        return [.. timings.Select(all => new Timing(Timing.Of(all.Select(t => t.Median)).Median, all.Min(t => t.Best), all.Sum(t => t.Blocks)))];
    }

    private static double Nanoseconds(Action<int> evaluate, int times)
    {
        var begin = Stopwatch.GetTimestamp();
        evaluate(times);
        return Math.Max(1, Stopwatch.GetElapsedTime(begin).TotalNanoseconds) / times;
    }
}
