using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>Keeps the keys and values of the first row of every layer that goes through another mixing.</summary>
internal sealed class RecordingMixing(IMixing inner) : IMixing
{
    public List<double[]> Keys { get; } = [];

    public List<double[]> Values { get; } = [];

    public void Mix(int layer, AttentionWeights weights, PaddedMatrix<double> projected, PaddedMatrix<double> context)
    {
        inner.Mix(layer, weights, projected, context);
        Keys.Add(KeysOf(weights, projected.Row(0)));
        Values.Add([.. projected.Row(0)[weights.ValueAt(0)..]]);
    }

    /// <summary>The keys of all groups in a projected row.</summary>
    public static double[] KeysOf(AttentionWeights weights, ReadOnlySpan<double> projected) =>
        [.. projected.Slice(weights.KeyAt(0), weights.GroupCount * weights.Slot)];
}
