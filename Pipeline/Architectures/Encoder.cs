using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// The blocks of an encoder, whose families differ in names: modules of one layer, below encoder.layer.N, and where its norms stand. Linear weights
/// are [out, in]; queries, keys and values have biases or all have none.
/// </summary>
internal sealed record Encoder(string Attention, string AttentionNorm, string MlpNorm, NormPlace Norms)
{
    public static Encoder Bert { get; } = new("attention.self", "attention.output.LayerNorm", "output.LayerNorm", NormPlace.After);

    /// <summary>Called like ViT's, but for the norms, which stand after as BERT's do.</summary>
    public static Encoder Kwt { get; } = Bert with { Attention = "attention.attention" };

    public static Encoder Vit { get; } = new("attention.attention", "layernorm_before", "layernorm_after", NormPlace.Before);

    public Fin<Seq<AttentionLayer>> Layers(EncoderConfig config, ModelTensors tensors, bool biased) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer, biased)).All();

    /// <summary>The norm at a layer's attention.</summary>
    public Fin<Norm> NormOf(EncoderConfig config, ModelTensors tensors, int layer) =>
        tensors.LayerNorm($"encoder.layer.{layer}.{AttentionNorm}", config.D, config.Epsilon);

    /// <summary>All blocks, around the layers that were read already.</summary>
    public Fin<Transformer> Whole(EncoderConfig config, JsonFields json, ModelTensors tensors, Seq<AttentionLayer> layers) =>
        from sizes in (json.Count("intermediate_size").Check(), ActivationNames.Read(json, "hidden_act", "gelu").Check())
            .Apply((width, activation) => (width, activation)).Enter()
        from blocks in layers.Map(layer => BlockOf(config, tensors, layer, sizes.width, sizes.activation)).All()
        select new Transformer(config.D, blocks);

    private Fin<AttentionLayer> Layer(EncoderConfig config, ModelTensors tensors, int layer, bool biased)
    {
        return (Projection("query"), Projection("key"), Projection("value"),
                tensors.IfAny(NormBefore(layer), name => tensors.LayerNorm(name, config.D, config.Epsilon)).Check())
            .Apply((query, key, value, norm) => new Projections(query, key, value)
                .Layer(layer, config.Heads, Mask.None, 1 / Math.Sqrt(config.Heads.Width), None, norm))
            .Enter();

        Validation<Error, Linear> Projection(string name) =>
            tensors.Linear($"encoder.layer.{layer}.{Attention}.{name}", config.D, config.D, biased).Check();
    }

    // What normed the states of a layer: its own norm, or the one at the end of what comes before it, if anything does.
    private string NormBefore(int layer) =>
        Norms == NormPlace.Before ? $"encoder.layer.{layer}.{AttentionNorm}"
        : layer == 0 ? "embeddings.LayerNorm"
        : $"encoder.layer.{layer - 1}.{MlpNorm}";

    private Fin<Block> BlockOf(EncoderConfig config, ModelTensors tensors, AttentionLayer layer, int width, Activation activation)
    {
        var name = $"encoder.layer.{layer.Index}.";
        return (tensors.Linear($"{name}attention.output.dense", config.D, config.D, true).Check(),
                NormOf(config, tensors, layer.Index).Check(),
                tensors.Linear($"{name}intermediate.dense", config.D, width, true).Check(),
                tensors.Linear($"{name}output.dense", width, config.D, true).Check(),
                tensors.LayerNorm($"{name}{MlpNorm}", config.D, config.Epsilon).Check())
            .Apply((output, norm, up, down, mlpNorm) => new Block(layer, output, norm, new Mlp(None, up, activation, down), mlpNorm, Norms))
            .Enter();
    }
}
