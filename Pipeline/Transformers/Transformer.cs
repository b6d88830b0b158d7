namespace Unmask.Pipeline.Transformers;

/// <summary>
/// A whole model up to its last block: what makes the stream out of tokens or features, and the blocks it passes. What a model does after its last
/// block is left out: no attention map depends on it.
/// </summary>
public sealed record Transformer(int D, Seq<Block> Blocks)
{
    public Option<TokenEmbedding> Tokens { get; init; }

    public Option<FeatureEmbedding> Features { get; init; }

    /// <summary>The most tokens it has positions for; no limit where positions are computed.</summary>
    public Option<int> Positions =>
        Tokens.Bind(tokens => tokens.Positions).Map(positions => positions.Rows) || Features.Map(features => features.Positions.Rows);

    /// <summary>Whether every block hides later tokens, so that a prefix has states of its own.</summary>
    public bool IsCausal => Blocks.ForAll(block => block.Attention.Mask == Mask.Causal);
}
