using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>What a normalisation leaves: unit power, or zero mean and unit variance.</summary>
public class NormTests
{
    [Property(MaxTest = 200)]
    public void Rms_norm_has_unit_power_and_ignores_scale(NormalFloat[] values)
    {
        if (values.Length == 0 || values.All(v => Math.Abs(v.Get) < 1e-3 || Math.Abs(v.Get) > 1e100)) return;
        var x = values.Select(v => Math.Clamp(v.Get, -1e6, 1e6)).ToArray();
        var norm = new Norm.Rms(Range(0, x.Length).Map(_ => 1.0).ToSeq(), 0);
        var (once, scaled) = (new double[x.Length], new double[x.Length]);
        Norms.Apply(norm, x, once);
        Norms.Apply(norm, x.Select(v => 3 * v).ToArray(), scaled);
        // A few roundings of 2⁻⁵³ per entry.
        Assert.Equal(1, once.Sum(v => v * v) / x.Length, 1e-13);
        Assert.All(once.Zip(scaled), pair => Assert.Equal(pair.Item1, pair.Item2, 1e-13 * Math.Sqrt(x.Length)));
    }

    [Property(MaxTest = 200)]
    public void Layer_norm_has_the_bias_as_mean_and_the_gain_as_deviation(int seed)
    {
        var random = new Random(seed);
        var x = Enumerable.Range(0, 16).Select(_ => 100 + random.NextDouble()).ToArray();
        var (gain, bias) = (1 + random.NextDouble(), random.NextDouble());
        var y = new double[16];
        Norms.Apply(new Norm.Layer(Range(0, 16).Map(_ => gain).ToSeq(), Range(0, 16).Map(_ => bias).ToSeq(), 0), x, y);
        // The offset of 100 costs two digits of the sixteen.
        Assert.Equal(bias, y.Average(), 1e-12);
        Assert.Equal(gain, Math.Sqrt(y.Select(v => (v - bias) * (v - bias)).Average()), 1e-12);
    }
}
