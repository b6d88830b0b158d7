namespace Unmask.Pipeline.Transformers;

/// <summary>One block, its matrices where products want them.</summary>
internal sealed record BlockWeights(
    AttentionWeights Attention, Dense Output, RowNorm AttentionNorm, Option<Dense> Gate, Dense Up, Activation Activation, Dense Down, RowNorm MlpNorm,
    NormPlace Norms)
{
    public static BlockWeights Of(Block block)
    {
        var attention = AttentionWeights.Of(block.Attention);
        return new BlockWeights(
            attention, attention.Output(block.Output), new RowNorm(block.AttentionNorm), block.Mlp.Gate.Map(Dense.Of), Dense.Of(block.Mlp.Up),
            block.Mlp.Activation, Dense.Of(block.Mlp.Down), new RowNorm(block.MlpNorm), block.Norms);
    }
}
