namespace Unmask.Pipeline.Transformers;

/// <summary>
/// What a token leaves behind for those after it: its keys and values in every layer below the wanted one, its keys in that, each in the slots of the
/// layer's <see cref="AttentionWeights"/>, its stream and its state there.
/// </summary>
internal sealed record CachedToken(double[][] Keys, double[][] Values, double[] Stream, double[] State);
