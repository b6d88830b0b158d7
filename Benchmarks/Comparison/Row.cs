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

    public double? FractionNarrow => Operations / Time(Contenders.OursNarrow) / PeakNarrow;

    private double Operations => FlopCount.Of(Question.Loss, Question.D, Question.N, Question.Evaluation switch
    {
        "hessian" => Evaluation.HessianVector,
        "gauss-newton" => Evaluation.GaussNewton,
        _ => Evaluation.Gradient,
    });
}
