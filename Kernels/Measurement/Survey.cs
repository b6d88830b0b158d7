using System.Collections.Immutable;
using System.Diagnostics;

namespace Unmask.Kernels.Measurement;

/// <summary>
/// What the kernels do on this machine, on one thread: the peak of multiply-adds (gigaflops per second) and a row for every case that the time
/// allowed.
/// </summary>
public sealed record Survey(double PeakSingle, double PeakDouble, ImmutableArray<SurveyRow> Rows)
{
    // Twenty blocks of a millisecond: short enough that other programs on the machine leave some of them alone.
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(20);

    // So often that a neighbour who slows a single look at the peak does not make the kernels look faster than it.
    private const int CasesPerPeak = 8;

    /// <summary>
    /// Prepares the cases in turn, lets the runtime compile them for good, and measures them round by round, the peak among them, until
    /// the time is spent. Setting up takes half of it at most; what came too late for that, or for the first round, is left out.
    /// </summary>
    public static Survey Take(IReadOnlyList<SurveyCase> cases, TimeSpan time, Action<SurveyProgress> progress, CancellationToken cancellation)
    {
        var (begin, best, prepared) = (Stopwatch.GetTimestamp(), (Single: 0.0, Double: 0.0), new List<(SurveyCase Case, Action<int> Evaluate)>());
        bool Within(double share)
        {
            cancellation.ThrowIfCancellationRequested();
            var spent = Stopwatch.GetElapsedTime(begin) / time;
            progress(new SurveyProgress(prepared.Count, cases.Count, Math.Min(1, spent)));
            return spent < share;
        }

        foreach (var one in cases)
            if (Within(0.5) || prepared.Count == 0) prepared.Add((one, one.Prepare()));
        KernelTiming.WarmUp(
            times =>
            {
                foreach (var one in prepared)
                {
                    cancellation.ThrowIfCancellationRequested();
                    one.Evaluate(times);
                }
            },
            longest: time / 8);

        // The least, as of the peak: what other programs take of the machine is not the kernel's.
        var least = prepared.Select(_ => double.PositiveInfinity).ToArray();
        do
        {
            for (var i = 0; i < prepared.Count && (Within(1) || double.IsPositiveInfinity(least[0])); i++)
            {
                if (i % CasesPerPeak == 0) best = (Math.Max(best.Single, FmaPeak.Measure<float>(VectorWidths.Best, Each)), Math.Max(best.Double, FmaPeak.Measure<double>(VectorWidths.Best, Each)));
                least[i] = Math.Min(least[i], KernelTiming.Measure(prepared[i].Evaluate, Each).Best);
            }
        }
        while (Within(1));

        return new Survey(best.Single, best.Double, [.. prepared.Zip(least).Where(p => double.IsFinite(p.Second)).Select(p => Row(p.First.Case, p.Second, best))]);
    }

    private static SurveyRow Row(SurveyCase one, double least, (double Single, double Double) peak)
    {
        var (each, gigaflops) = (least / one.Batch, one.Operations * one.Batch / least);
        return new SurveyRow(one, each, gigaflops, gigaflops / (one.IsDouble ? peak.Double : peak.Single));
    }
}

/// <summary>How far a survey is: cases set up so far, and the share of its time that is spent.</summary>
public readonly record struct SurveyProgress(int Prepared, int Cases, double Spent);
