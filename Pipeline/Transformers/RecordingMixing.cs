using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>Keeps the keys and values that every row has in every layer that goes through another mixing.</summary>
internal sealed class RecordingMixing(IMixing inner) : IMixing
{
    private readonly List<(double[][] Keys, double[][] Values)> _layers = [];

    public void Mix(int layer, AttentionWeights weights, PaddedMatrix<double> projected, PaddedMatrix<double> context)
    {
        inner.Mix(layer, weights, projected, context);
        var rows = Enumerable.Range(0, projected.Rows);
        _layers.Add(([.. rows.Select(i => KeysOf(weights, projected.Row(i)))], [.. rows.Select(i => projected.Row(i)[weights.ValueAt(0)..].ToArray())]));
    }

    /// <summary>What one row leaves behind in the layers that were recorded, and in further ones its keys alone.</summary>
    public CachedToken Cached(int row, ReadOnlySpan<double> stream, ReadOnlySpan<double> state, params IEnumerable<double[]> further) =>
        new([.. _layers.Select(layer => layer.Keys[row]), .. further], [.. _layers.Select(layer => layer.Values[row])], stream.ToArray(), state.ToArray());

    /// <summary>The keys of all groups in a projected row.</summary>
    public static double[] KeysOf(AttentionWeights weights, ReadOnlySpan<double> projected) =>
        [.. projected.Slice(weights.KeyAt(0), weights.GroupCount * weights.Slot)];
}
