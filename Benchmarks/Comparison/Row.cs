using System.Collections.Immutable;
using Unmask.Benchmarks.Asking;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>One problem: nanoseconds by contender, medians over the rounds and the least of all, and the multiply-add peak at the same time.</summary>
internal sealed record Row(
    Question Question,
    ImmutableDictionary<string, double> Times,
    ImmutableDictionary<string, double> Best,
    double Peak,
    double PeakNarrow,
    double? Remainder,
    double? RemainderNarrow,
    string? BestNative,
    long? Allocated)
{
    public double? Ours => Time(Contenders.Ours);

    public double? Time(string contender) => Times.TryGetValue(contender, out var time) ? time : null;

    /// <summary>How many times longer the contender takes than ours.</summary>
    public double? Against(string contender) => Time(contender) / Ours;

    public double? AgainstBestNative => BestNative is { } best ? Against(best) : null;

    public double? Gigaflops => Operations / Ours;

    public double? Fraction => Gigaflops / Peak;

    /// <summary>The time of all operations at the peak of multiply-adds: nothing that does them is faster.</summary>
    public double AtPeak => Operations / Peak;

    /// <summary>The products at the peak, and then the rest as fast as it is alone; where that was not timed, the time at the peak.</summary>
    public double ByParts => Parts(Peak, Remainder);

    /// <summary>The fraction of the peak that goes with it.</summary>
    public double FractionByParts => AtPeak / ByParts;

    /// <summary>The same at 256 bits.</summary>
    public double FractionByPartsNarrow => Operations / PeakNarrow / Parts(PeakNarrow, RemainderNarrow);

    public double? FractionNarrow => Operations / Time(Contenders.OursNarrow) / PeakNarrow;

    private double Parts(double peak, double? remainder) => remainder is { } rest ? Products / peak + rest : Operations / peak;

    private double Operations => FlopCount.Of(Question.Loss, Question.D, Question.N, Evaluation);

    private double Products => FlopCount.OfProducts(Question.Loss, Question.D, Question.N, Evaluation);

    private Evaluation Evaluation => Question.Evaluation switch
    {
        "hessian" => Evaluation.HessianVector,
        "gauss-newton" => Evaluation.GaussNewton,
        _ => Evaluation.Gradient,
    };
}
