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

    /// <summary>
    /// The least time that these parts could take here: the products at the peak of multiply-adds, and the rest as fast as it is alone; where
    /// that is not known, all operations at the peak.
    /// </summary>
    public double Least => LeastAt(Peak, Remainder);

    /// <summary>The fraction of the peak that goes with it.</summary>
    public double MostFraction => Operations / Peak / Least;

    /// <summary>The same at 256 bits.</summary>
    public double MostFractionNarrow => Operations / PeakNarrow / LeastAt(PeakNarrow, RemainderNarrow);

    public double? FractionNarrow => Operations / Time(Contenders.OursNarrow) / PeakNarrow;

    private double LeastAt(double peak, double? remainder) => remainder is { } rest ? Products / peak + rest : Operations / peak;

    private double Operations => FlopCount.Of(Question.Loss, Question.D, Question.N, Evaluation);

    private double Products => FlopCount.OfProducts(Question.Loss, Question.D, Question.N, Evaluation);

    private Evaluation Evaluation => Question.Evaluation switch
    {
        "hessian" => Evaluation.HessianVector,
        "gauss-newton" => Evaluation.GaussNewton,
        _ => Evaluation.Gradient,
    };
}
