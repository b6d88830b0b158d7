using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>
/// The tokens of a prefix that the next one sees, in one layer: the keys of every group transposed (slot×t), the values t×(heads·slot), as factors
/// of products. There is at least one token.
/// </summary>
internal sealed record Past(int Count, PaddedMatrix<double>[] Keys, PaddedMatrix<double> Values)
{
    public static Past Of(IReadOnlyList<CachedToken> tokens, int layer, AttentionWeights weights)
    {
        var first = weights.Layer.Visible(tokens.Count, tokens.Count + 1).First;
        var (count, slot) = (tokens.Count - first, weights.Slot);
        var keys = Enumerable.Range(0, weights.GroupCount).Select(_ => new PaddedMatrix<double>(slot, Math.Max(1, count))).ToArray();
        var values = new PaddedMatrix<double>(Math.Max(1, count), weights.Heads * slot);
        for (var j = 0; j < count; j++)
        {
            var token = tokens[first + j];
            for (var g = 0; g < keys.Length; g++)
                for (var c = 0; c < slot; c++) keys[g].Row(c)[j] = token.Keys[layer][g * slot + c];
            if (layer < token.Values.Length) token.Values[layer].CopyTo(values.Row(j));
        }

        return new Past(count, keys, values);
    }
}
