using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Stages;

/// <summary>Round real softmax values to a format, store them in a finer one: the format is found again.</summary>
public class PrecisionProperties
{
    [Property(MaxTest = 200)]
    public bool The_coarse_format_is_found_through_the_fine_one(int seed, NonNegativeInt pick)
    {
        var cases =
            from fine in new (Precision Stored, Func<double, double> Round)[] { (Precision.Float64, v => v), (Precision.Float32, v => (float)v) }
            from coarse in Coarse
            select (fine.Stored, Written: Softmax(seed).Map(v => fine.Round(coarse.Round(v))), coarse.Precision);
        return cases.All(one => PrecisionOf.Values(Seq1(one.Written), one.Stored) == one.Precision)
            && PrecisionOf.Values(Seq1(Softmax(seed)), Precision.Float64) == Precision.Float64
            && PrecisionOf.Values(Seq1(Softmax(seed).Map(v => (float)v)), Precision.Float32) == Precision.Float32
            && PrecisionOf.Values(Seq1(Softmax(seed).Map(v => (float)v)), Precision.Float64) == Precision.Float32;
    }

    // numpy.round in float32 divides a rounded product, which may miss the nearest float32 by one.
    [Property(MaxTest = 50)]
    public bool Decimals_computed_in_float32_are_found(int seed) =>
        PrecisionOf.Values(Seq1(Softmax(seed).Map(v => MathF.Round((float)v * 1e4f) / 1e4f)), Precision.Float32) == Precision.Decimals(4);

    [Fact]
    public void Values_that_any_format_holds_prove_nothing()
    {
        Assert.Equal(Precision.Float32, PrecisionOf.Values(Seq1(Matrix.Create(4, 4, (_, _) => 0.25)), Precision.Float32));
        Assert.Equal(Precision.Float32, PrecisionOf.Values(Seq1(Matrix.Identity(4)), Precision.Float32));
    }

    [Fact]
    public void Six_decimals_kept_in_float16_promise_no_more_than_float16() =>
        Assert.Equal(Precision.Float16, PrecisionOf.Values(Seq1(Softmax(1).Map(v => (double)(Half)Math.Round(v, 6))), Precision.Float16));

    [Fact]
    public void Masked_scores_do_not_disturb() =>
        Assert.Equal(Precision.BFloat16, PrecisionOf.Values(
            Seq1(Matrix.Create(8, 8, (i, j) => j > i ? double.NegativeInfinity : BFloat16.Round(Math.Sin(i * 8 + j) * 5))), Precision.Float32));

    private static IEnumerable<(Precision Precision, Func<double, double> Round)> Coarse =>
        Enumerable.Range(2, 5).Select(digits => (Precision.Decimals(digits), (Func<double, double>)(v => Math.Round(v, digits))))
            .Append((Precision.BFloat16, BFloat16.Round))
            .Append((Precision.Float16, v => (double)(Half)v));

    // Mild scores, so that two decimals leave something to see in every row.
    private static Matrix Softmax(int seed)
    {
        var random = new Random(seed);
        return Forward.SoftmaxRows(Matrix.Create(12, 12, (_, _) => 3 * random.NextDouble()));
    }
}
