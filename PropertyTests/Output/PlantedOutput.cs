using LanguageExt;
using Unmask.Pipeline;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>Problems of maps and outputs whose truth is known because they were made from it.</summary>
internal static class PlantedOutput
{
    /// <summary>Heads of width d_h, biases on queries, value weights normal/√d; both observations stored in the given format.</summary>
    public static (Problem Problem, Matrix Truth) Beside(AttentionLayer layer, int n, int seed, Precision? stored = null)
    {
        var (x, random) = (ManyHeads.States(layer, n, seed), new Random(seed + 5));
        var value = (1 / Math.Sqrt(layer.D)) * Draw.Gaussian(random, layer.D, layer.Heads.Count * layer.Heads[0].Dimension);
        return Beside(layer, x, value, stored ?? Precision.Float64);
    }

    public static (Problem Problem, Matrix Truth) Beside(AttentionLayer layer, Matrix x, Matrix value, Precision stored)
    {
        var maps = Draw.Problem(layer, x, Observation.Attention);
        double Store(double v) => ReferenceEquals(stored, Precision.Float32) ? (float)v : v;
        return (maps with
        {
            Observed = maps.Observed.Map(p => p.Map(Store)).Strict(),
            Precision = stored,
            Value = Some(value),
            Output = Some(Outputs(layer, x, value).Map(Store)),
        }, x);
    }

    /// <summary>Y, n×(heads·d_h).</summary>
    public static Matrix Outputs(AttentionLayer layer, Matrix x, Matrix value)
    {
        var (carried, width) = (x.Transpose() * value, value.Columns / layer.Heads.Count);
        var heads = layer.Heads.Map(head => Forward.Attention(layer, head, x) * carried).ToArray();
        return Matrix.Create(x.Columns, value.Columns, (i, c) => heads[c / width][i, c]);
    }
}
