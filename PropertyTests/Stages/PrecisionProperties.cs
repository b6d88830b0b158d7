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
    public bool The_coarse_format_is_found_through_the_fine_one(int seed, NonNegativeInt pick) =>
        Finer.All(fine => Coarse.All(coarse => Found(Softmax(seed, 12, 3, causal: pick.Get % 2 == 0).Map(v => fine.Round(coarse.Round(v))), fine.Precision, coarse.Precision)))
            && Found(Softmax(seed), Precision.Float64, Precision.Float64)
            && Found(Softmax(seed).Map(v => (float)v), Precision.Float32, Precision.Float32)
            && Found(Softmax(seed).Map(v => (float)v), Precision.Float64, Precision.Float32);

    // A softmax computed in the coarse format itself: each quotient is rounded once more.
    [Property(MaxTest = 100)]
    public bool So_is_what_was_computed_in_it(int seed) => Finer.All(fine =>
        Found(Softmax(seed).Map(v => fine.Round((double)((Half)v / (Half)1.0))), fine.Precision, Precision.Float16)
        && Found(Softmax(seed).Map(v => fine.Round(BFloat16.Round(BFloat16.Round(v) / BFloat16.Round(0.99)))), fine.Precision, Precision.BFloat16));

    // Peaked rows leave most entries 0, some 1, and few that tell.
    [Property(MaxTest = 100)]
    public bool Zeros_and_ones_do_not_hide_it(int seed) =>
        Coarse.All(coarse => Found(Softmax(seed, 24, 60, causal: true).Map(v => (float)coarse.Round(v)), Precision.Float32, coarse.Precision));

    // One map of four tokens: nine numbers that tell, less what rounding made equal.
    [Property(MaxTest = 200)]
    public bool Few_tokens_are_enough(int seed) =>
        Coarse.All(coarse => Found(Softmax(seed, 4, 2, causal: true).Map(v => (float)coarse.Round(v)), Precision.Float32, coarse.Precision));

    // One decimal: two different values that are no powers of two.
    [Property(MaxTest = 100)]
    public bool One_decimal_is_found(int seed) => Finer.All(fine => Found(Softmax(seed).Map(v => fine.Round(Math.Round(v, 1))), fine.Precision, Precision.Decimals(1)));

    // numpy.round in float32 divides a rounded product, which may miss the nearest float32 by one.
    [Property(MaxTest = 50)]
    public bool Decimals_computed_in_float32_are_found(int seed) => Enumerable.Range(1, 5).All(digits =>
        Found(Softmax(seed).Map(v => MathF.Round((float)v * MathF.Pow(10, digits)) / MathF.Pow(10, digits)), Precision.Float32, Precision.Decimals(digits)));

    // Half a million random float32 values lie on no coarser lattice, nor does a handful.
    [Property(MaxTest = 200)]
    public bool A_finer_format_is_never_taken_for_a_coarser_one(int seed, PositiveInt size) =>
        Found(Softmax(seed, 1 + size.Get % 6, 2, causal: true).Map(v => (float)v), Precision.Float32, Precision.Float32);

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

    private static IEnumerable<(Precision Precision, Func<double, double> Round)> Finer => [(Precision.Float64, v => v), (Precision.Float32, v => (float)v)];

    private static IEnumerable<(Precision Precision, Func<double, double> Round)> Coarse =>
        Enumerable.Range(2, 5).Select(digits => (Precision.Decimals(digits), (Func<double, double>)(v => Math.Round(v, digits))))
            .Append((Precision.BFloat16, BFloat16.Round))
            .Append((Precision.Float16, v => (double)(Half)v));

    private static bool Found(Matrix written, Precision stored, Precision precision) => PrecisionOf.Values(Seq1(written), stored) == precision;

    // Mild scores by default, so that two decimals leave something to see in every row.
    private static Matrix Softmax(int seed, int n = 12, double spread = 3, bool causal = false)
    {
        var random = new Random(seed);
        return Forward.SoftmaxRows(Matrix.Create(n, n, (i, j) => causal && j > i ? double.NegativeInfinity : spread * random.NextDouble()));
    }
}
