using System.Collections.Immutable;
using Unmask.Benchmarks.Asking;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>One problem: nanoseconds by contender, and what the core allowed at the same time.</summary>
/// <param name="Times">The least of any block of any round, as a neighbour on the machine only ever adds to a time: what all figures are made of.</param>
/// <param name="Medians">Medians over the rounds of medians over blocks.</param>
/// <param name="SecondThread">How many times faster two threads were at most: at multiply-adds alone, handed out as the batch is, or at halves that share nothing; null where no second was asked.</param>
internal sealed record Row(
    Question Question,
    ImmutableDictionary<string, double> Times,
    ImmutableDictionary<string, double> Medians,
    Yardstick Wide,
    Yardstick Narrow,
    double? SecondThread,
    string? BestNative,
    long? Allocated)
{
    /// <summary>The same by medians.</summary>
    public Row Typical => this with { Times = Medians };

    public double Peak => Wide.Peak;

    public double? Ours => Time(Contenders.Ours);

    public double? Time(string contender) => Times.TryGetValue(contender, out var time) ? time : null;

    /// <summary>How many times longer the contender takes than ours.</summary>
    public double? Against(string contender) => Time(contender) / Ours;

    public double? AgainstBestNative => BestNative is { } best ? Against(best) : null;

    public double? Gigaflops => Operations / Ours;

    public double? Fraction => Gigaflops / Peak;

    /// <summary>The time of all operations at the peak of multiply-adds: nothing that does them is faster.</summary>
    public double AtPeak => Operations / Peak;

    /// <summary>The products and then the rest, each as fast as it is alone; where that was not timed, the time at the peak.</summary>
    public double ByParts => Wide.Parts(Operations, Products);

    /// <summary>The fraction of the peak that goes with it.</summary>
    public double FractionByParts => AtPeak / ByParts;

    /// <summary>The same at 256 bits.</summary>
    public double FractionByPartsNarrow => Operations / Narrow.Peak / Narrow.Parts(Operations, Products);

    public double? FractionNarrow => Operations / Time(Contenders.OursNarrow) / Narrow.Peak;

    /// <summary>How many times faster two threads are.</summary>
    public double? OnTwo => Ours / Time(Contenders.OursOnTwo);

    private double Operations => FlopCount.Of(Question.Loss, Question.D, Question.N, Question.Asked);

    private double Products => FlopCount.OfProducts(Question.Loss, Question.D, Question.N, Question.Asked);
}
