using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>A random layer with a random vocabulary and a random text, all drawn from one seed.</summary>
internal sealed class SyntheticLayer
{
    private readonly Random _random;

    /// <param name="seed">Decides everything.</param>
    /// <param name="heads">Query heads; pairs of them share a key matrix when there are more than one.</param>
    /// <param name="tokens">Length of the text.</param>
    /// <param name="mask">Causal unless told.</param>
    public SyntheticLayer(int seed, int heads, int tokens, Mask mask = Mask.Causal)
    {
        _random = new Random(seed);
        var (d, width, size) = (8 + 4 * _random.Next(3), 4, _random.Next(10, 60));
        var keys = Enumerable.Range(0, heads).Select(_ => Normal(d, width)).ToArray();
        var all = Range(0, heads).Map(h => new Head(Normal(d, width), keys[h / 2], Bias(width), Bias(width))).ToSeq().Strict();
        Option<Rotary> rotary = Coin() ? Some(Rotary.Of(10_000, width)) : None;
        Layer = new AttentionLayer(0, d, all, mask, 0.5, rotary);
        Norm norm = Coin() ? new Norm.Rms(Vector(d), 1e-5) : new Norm.Layer(Vector(d), Vector(d), 1e-5);
        Vocabulary = new Vocabulary(Normal(size, d), Coin() ? Some(Normal(tokens, d)) : None, norm);
        Text = Range(0, tokens).Map(_ => _random.Next(size)).ToSeq().Strict();
    }

    public AttentionLayer Layer { get; }

    public Vocabulary Vocabulary { get; init; }

    public Seq<int> Text { get; init; }

    public Problem Observe(Precision precision, Observation observation = Observation.Attention)
    {
        var x = TokenStates.Of(Vocabulary, Text);
        var maps = Layer.Heads.Map(h => observation == Observation.Scores ? Forward.Scores(Layer, h, x) : Forward.Attention(Layer, h, x));
        return new Problem(
            "synthetic", Layer, Dims.Of(Layer.D, Text.Count).ThrowIfFail(), observation,
            maps.Map(m => m.Map(v => Store(precision, v))).Strict(), precision, None, Some(Vocabulary));
    }

    public static double Store(Precision precision, double value) => precision.Name switch
    {
        "f32" => (float)value,
        "f16" => (double)(Half)value,
        "bf16" => Brain(value),
        ['d', .., var digits] => double.IsFinite(value) ? Math.Round(value, digits - '0') : value,
        _ => value,
    };

    // The upper half of a float32, rounded to even.
    private static double Brain(double value)
    {
        var bits = BitConverter.SingleToUInt32Bits((float)value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private bool Coin() => _random.Next(2) == 0;

    private Option<Seq<double>> Bias(int width) => Coin() ? Some(Vector(width)) : None;

    private Seq<double> Vector(int length) => Range(0, length).Map(_ => Gaussian()).ToSeq().Strict();

    private Matrix Normal(int rows, int columns) => Matrix.Create(rows, columns, (_, _) => Gaussian());

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
