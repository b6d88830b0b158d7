namespace Unmask.Pipeline;

/// <summary>
/// The value bias of an output. Rows of P sum to one, so it comes through unmixed and Y = P XᵀV without it; where they do not, it comes through as
/// often as the row sums to.
/// </summary>
internal static class ValueBias
{
    /// <param name="output">Y, the heads side by side.</param>
    /// <param name="layer">The layer, with the heads that were observed.</param>
    /// <param name="maps">The maps whose rows do not sum to one.</param>
    public static Matrix Off(Matrix output, AttentionLayer layer, Option<Seq<Matrix>> maps) => layer.ValueBias.Match(
        None: () => output,
        Some: bias =>
        {
            var (known, width) = (bias.ToArray(), output.Columns / layer.Heads.Count);
            var sums = maps.Map(all => all.Map(Sums).ToArray());
            return Matrix.Create(output.Rows, output.Columns, (i, c) => output[i, c] - sums.Map(of => of[c / width][i]).IfNone(1) * known[c]);
        });

    private static double[] Sums(Matrix map) => [.. Enumerable.Range(0, map.Rows).Select(row => System.Numerics.Tensors.TensorPrimitives.Sum(map.Row(row)))];
}
