using System.Collections.Immutable;
using Unmask.Benchmarks.Asking;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// One problem: nanoseconds by contender, medians over the rounds and the least of all, and at the same time the multiply-add peak and what a register tile
/// reaches of it, for results of several vectors and of one.
/// </summary>
internal sealed record Row(
    Question Question,
    ImmutableDictionary<string, double> Times,
    ImmutableDictionary<string, double> Best,
    Yardstick Wide,
    Yardstick Narrow,
    string? BestNative,
    long? Allocated)
{
    /// <summary>Gigaflops per second of multiply-adds and nothing else.</summary>
    public double Peak => Wide.Peak;

    /// <summary>The same at 256 bits.</summary>
    public double PeakNarrow => Narrow.Peak;

    public double? Ours => Time(Contenders.Ours);

    public double? Time(string contender) => Times.TryGetValue(contender, out var time) ? time : null;

    /// <summary>How many times longer the contender takes than ours.</summary>
    public double? Against(string contender) => Time(contender) / Ours;

    public double? AgainstBestNative => BestNative is { } best ? Against(best) : null;

    public double? Gigaflops => Operations / Ours;

    public double? Fraction => Gigaflops / Peak;

    /// <summary>The time of all operations at the peak of multiply-adds: nothing that does them is faster.</summary>
    public double AtPeak => Operations / Peak;

    /// <summary>The products as fast as a tile multiplies what it reads, and then the rest as fast as it is alone, where that was timed.</summary>
    public double ByParts => Parts(Wide, 512);

    /// <summary>The fraction of the peak that goes with it.</summary>
    public double FractionByParts => AtPeak / ByParts;

    /// <summary>The same at 256 bits.</summary>
    public double FractionByPartsNarrow => Operations / PeakNarrow / Parts(Narrow, 256);

    public double? FractionNarrow => Operations / Time(Contenders.OursNarrow) / PeakNarrow;

    // In a gradient scores, and what an output says of the map, have n columns and all other products d; of directions the most is taken. Tiny problems fit
    // the registers, where nothing need be read.
    private double Parts(Yardstick yard, int bits)
    {
        var lanes = bits / 8 / (Question.Precision == "float" ? 4 : 8);
        double Rate(int columns) => Question is { D: <= 8, N: <= 8 } ? yard.Peak : columns <= lanes ? yard.NarrowTile : yard.Tile;
        if (Evaluation != Evaluation.Gradient) return Products / Rate(int.MaxValue) + (yard.Remainder ?? 0);
        var maps = 2.0 * Question.D * Question.N * Question.N * (Question.Loss == LossModel.Output ? 2 : 1);
        return maps / Rate(Question.N) + (Products - maps) / Rate(Question.D) + (yard.Remainder ?? 0);
    }

    private double Operations => FlopCount.Of(Question.Loss, Question.D, Question.N, Evaluation);

    private double Products => FlopCount.OfProducts(Question.Loss, Question.D, Question.N, Evaluation);

    private Evaluation Evaluation => Question.Evaluation switch
    {
        "hessian" => Evaluation.HessianVector,
        "gauss-newton" => Evaluation.GaussNewton,
        _ => Evaluation.Gradient,
    };
}
