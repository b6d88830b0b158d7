using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;

namespace Unmask.PropertyTests.Transformers;

/// <summary>The forward pass by its definition, one number after the other.</summary>
internal static class PlainForward
{
    /// <summary>States entering the projections of the last layer, one array per token.</summary>
    public static double[][] States(Transformer model, double[][] stream)
    {
        foreach (var block in model.Blocks.Init)
        {
            var before = block.Norms == NormPlace.Before;
            var entering = before ? stream.Select(x => Norm(block.AttentionNorm, x)).ToArray() : stream;
            stream = [.. stream.Zip(Attend(block.Attention, entering), (x, a) => Sum(x, Apply(block.Output, a)))];
            if (!before) stream = [.. stream.Select(x => Norm(block.AttentionNorm, x))];
            stream = [.. stream.Select(x => Sum(x, Feed(block.Mlp, before ? Norm(block.MlpNorm, x) : x)))];
            if (!before) stream = [.. stream.Select(x => Norm(block.MlpNorm, x))];
        }

        return model.Blocks.Last.Norms == NormPlace.Before ? [.. stream.Select(x => Norm(model.Blocks.Last.AttentionNorm, x))] : stream;
    }

    private static double[][] Attend(AttentionLayer layer, double[][] x) => [.. x.Select((xi, i) => layer.Heads.SelectMany((head, h) =>
    {
        var width = head.Dimension;
        var seen = Enumerable.Range(0, x.Length)
            .Where(j => layer.Mask == Mask.None || (j <= i && layer.Window.ForAll(window => i - j < window))).ToArray();
        var query = Turn(layer, i, Apply(new Linear(head.Query, head.QueryBias), xi));
        var weights = seen.Select(j => Math.Exp(layer.Scale * Dot(query, Turn(layer, j, Apply(new Linear(head.Key, head.KeyBias), x[j]))))).ToArray();
        var values = seen.Select(j => Apply(new Linear(layer.Value.IfNone(head.Query), layer.ValueBias), x[j])).ToArray();
        return Enumerable.Range(0, width).Select(c => seen.Select((_, k) => weights[k] * values[k][h * width + c]).Sum() / weights.Sum());
    }).ToArray())];

    private static double[] Turn(AttentionLayer layer, int position, double[] vector)
    {
        foreach (var rotary in layer.Rotary)
            for (var c = 0; c < rotary.Frequencies.Count; c++)
            {
                var (a, b) = rotary.Pairs == RotaryPairs.Neighbours ? (2 * c, 2 * c + 1) : (c, c + rotary.Frequencies.Count);
                var turned = new System.Numerics.Complex(vector[a], vector[b]) * System.Numerics.Complex.Exp(new(0, position * rotary.Frequencies[c]));
                (vector[a], vector[b]) = (turned.Real, turned.Imaginary);
            }

        return vector;
    }

    private static double[] Feed(Mlp mlp, double[] x)
    {
        var up = Apply(mlp.Up, x);
        var f = mlp.Gate.Match(
            gate => Apply(gate, x).Select((g, c) => Activate(mlp.Activation, g) * up[c]),
            () => up.Select(u => Activate(mlp.Activation, u)));
        return Apply(mlp.Down, [.. f]);
    }

    private static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Activation.Relu => x > 0 ? x : 0,
        _ => x * (0.5 + Simpson(x)),
    };

    // The normal density from 0 to x, by Simpson's rule.
    private static double Simpson(double x)
    {
        const int steps = 400;
        var h = x / steps;
        return h / 3 * Enumerable.Range(0, steps + 1)
            .Sum(k => (k is 0 or steps ? 1 : 2 + 2 * (k % 2)) * Math.Exp(-h * k * h * k / 2) / Math.Sqrt(2 * Math.PI));
    }

    private static double[] Norm(Norm norm, double[] x) => norm switch
    {
        Norm.Rms rms => [.. x.Select((v, c) => rms.Gain[c] * v / Math.Sqrt(x.Average(u => u * u) + rms.Epsilon))],
        Norm.Layer layer => [.. x.Select((v, c) =>
            layer.Gain[c] * (v - x.Average()) / Math.Sqrt(x.Average(u => Math.Pow(u - x.Average(), 2)) + layer.Epsilon) + layer.Bias[c])],
        _ => x,
    };

    private static double[] Apply(Linear linear, double[] x) => [.. Enumerable.Range(0, linear.Outputs)
        .Select(c => x.Select((v, i) => v * linear.Weight[i, c]).Sum() + linear.Bias.Match(bias => bias[c], () => 0))];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
