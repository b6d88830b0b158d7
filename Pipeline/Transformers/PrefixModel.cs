namespace Unmask.Pipeline.Transformers;

/// <summary>A model prepared up to the projections of one layer: what all prefixes of it share.</summary>
internal sealed record PrefixModel(
    Transformer Model, int Layer, Seq<BlockWeights> Below, AttentionWeights Wanted, RowNorm WantedNorm, NormPlace WantedPlace, int Threads)
{
    public static PrefixModel Of(Transformer model, int layer, int threads)
    {
        var wanted = model.Blocks[layer];
        return new PrefixModel(
            model, layer, model.Blocks.Take(layer).Map(BlockWeights.Of).Strict(), AttentionWeights.ScoresOf(wanted.Attention),
            new RowNorm(wanted.AttentionNorm), wanted.Norms, threads);
    }

    public AttentionWeights Attention(int layer) => layer == Layer ? Wanted : Below[layer].Attention;

    /// <summary>Takes the rows of a batch from the stream before the first block to the states of the wanted layer.</summary>
    public void Run(Batch batch, IMixing mixing)
    {
        for (var layer = 0; layer < Layer; layer++)
        {
            batch.Enter(Below[layer].AttentionNorm, Below[layer].Norms);
            batch.Pass(layer, Below[layer], mixing);
        }

        batch.Enter(WantedNorm, WantedPlace);
    }
}
