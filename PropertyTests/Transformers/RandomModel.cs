using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Transformers;

/// <summary>Small models of every make: widths that fill no vector, groups, windows, rotations of a part, gates, norms before and after.</summary>
internal sealed class RandomModel(int seed)
{
    private readonly Random _random = new(seed);

    public Transformer Draw(Mask mask)
    {
        var (d, heads, keys) = (_random.Next(1, 13), _random.Next(1, 5), 1);
        for (var k = 1; k <= heads; k++)
            if (heads % k == 0 && _random.Next(2) == 0) keys = k;
        var (width, hidden) = (_random.Next(1, 11), _random.Next(1, 20));
        var pairs = Coin() ? RotaryPairs.Halves : RotaryPairs.Neighbours;
        var rotary = width < 2 || Coin() ? Option<Rotary>.None : Rotary.Of(100, _random.Next(1, width / 2 + 1) * 2, pairs);
        var (activation, place) = ((Activation)_random.Next(4), Coin() ? NormPlace.Before : NormPlace.After);
        var (gated, window) = (Coin(), Coin() ? Option<int>.None : Some(_random.Next(1, 6)));
        return new Transformer(d, toSeq(Enumerable.Range(0, 3)).Map(layer => new Block(
            Attention(layer, d, heads, keys, width, mask, rotary) with { Window = window }, Linear(heads * width, d), Norm(d),
            new Mlp(gated ? Linear(d, hidden) : Option<Linear>.None, Linear(d, hidden), activation, Linear(hidden, d)), Norm(d), place)).Strict());
    }

    public Matrix Matrix(int rows, int columns) => Pipeline.Matrix.Create(rows, columns, (_, _) => 2 * _random.NextDouble() - 1);

    private AttentionLayer Attention(int layer, int d, int heads, int keys, int width, Mask mask, Option<Rotary> rotary)
    {
        var shared = Enumerable.Range(0, keys).Select(_ => (Key: Matrix(d, width), Bias: Bias(width))).ToArray();
        return new AttentionLayer(layer, d, toSeq(Enumerable.Range(0, heads)).Map(h =>
        {
            var (key, bias) = shared[h / (heads / keys)];
            return new Head(Matrix(d, width), key, Bias(width), bias);
        }).Strict(), mask, 0.7, rotary)
        {
            Value = Matrix(d, heads * width),
            ValueBias = Bias(heads * width),
        };
    }

    private Norm Norm(int d) => _random.Next(5) switch
    {
        0 => new Norm.Identity(),
        1 or 2 => new Norm.Rms(Row(d), 1e-5),
        _ => new Norm.Layer(Row(d), Row(d), 1e-5),
    };

    private Linear Linear(int inputs, int outputs) => new(Matrix(inputs, outputs), Bias(outputs));

    private Option<Seq<double>> Bias(int length) => Coin() ? Some(Row(length)) : None;

    private Seq<double> Row(int length) => toSeq(Matrix(1, length).Values.ToArray());

    private bool Coin() => _random.Next(2) == 0;
}
