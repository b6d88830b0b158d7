using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// Llama, Mistral and Qwen2: RMSNorm before each half of a block, rotary positions (rotate-half), grouped queries, causal, s = 1/√d_h, a gated
/// MLP. Linear weights are stored [out, in], head after head along out.
/// </summary>
internal static class Llama
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in LlamaConfig.Read(json)
        let tensors = saved.Under("model.")
        from parts in (Layers(config, tensors).Check(), Vocabulary(config, tensors).Check())
            .Apply((layers, vocabulary) => (layers, vocabulary)).Enter()
        select new Model(config.D, parts.layers, parts.vocabulary, () => Whole(config, json, tensors, parts.layers, parts.vocabulary));

    private static Fin<Seq<AttentionLayer>> Layers(LlamaConfig config, ModelTensors tensors) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer)).All();

    private static Fin<AttentionLayer> Layer(LlamaConfig config, ModelTensors tensors, int layer)
    {
        var (wide, narrow, scale) = (config.Heads.QueryWidth, config.Heads.KeyWidth, 1 / Math.Sqrt(config.Heads.Width));
        return (Projection("q_proj", wide), Projection("k_proj", narrow), Projection("v_proj", narrow),
                tensors.IfAny($"layers.{layer}.input_layernorm", name => tensors.RmsNorm(name, config.D, config.Epsilon)).Check())
            .Apply((query, key, value, norm) => (Projections: new Projections(query, key, value), Norm: norm))
            .Map(read => read.Projections.Layer(layer, config.Heads, Mask.Causal, scale, config.Rotary.Value, read.Norm) with { Window = config.Window(layer) })
            .Enter();

        Validation<Error, Linear> Projection(string name, int width) =>
            tensors.Linear($"layers.{layer}.self_attn.{name}", config.D, width, config.Biases.Projections).Check();
    }

    private static Fin<Vocabulary> Vocabulary(LlamaConfig config, ModelTensors tensors) =>
        (tensors.Table("embed_tokens.weight", config.D).Check(), tensors.RmsNorm("layers.0.input_layernorm", config.D, config.Epsilon).Check())
            .Apply((embedding, norm) => new Vocabulary(embedding, None, norm))
            .Enter();

    private static Fin<Transformer> Whole(
        LlamaConfig config, JsonFields json, ModelTensors tensors, Seq<AttentionLayer> layers, Vocabulary vocabulary) =>
        from sizes in (json.Count("intermediate_size").Check(), ActivationNames.Read(json, "hidden_act", "silu").Check())
            .Apply((width, activation) => (width, activation)).Enter()
        from blocks in layers.Map(layer => Block(config, tensors, layer, sizes.width, sizes.activation)).All()
        select new Transformer(config.D, blocks) { Tokens = new TokenEmbedding(vocabulary.Embedding, None, None) };

    private static Fin<Block> Block(LlamaConfig config, ModelTensors tensors, AttentionLayer layer, int width, Activation activation)
    {
        var (name, biased) = ($"layers.{layer.Index}.", config.Biases.Mlp);
        return (tensors.Linear($"{name}self_attn.o_proj", config.Heads.QueryWidth, config.D, config.Biases.Output).Check(),
                tensors.RmsNorm($"{name}input_layernorm", config.D, config.Epsilon).Check(),
                tensors.Linear($"{name}mlp.gate_proj", config.D, width, biased).Check(),
                tensors.Linear($"{name}mlp.up_proj", config.D, width, biased).Check(),
                tensors.Linear($"{name}mlp.down_proj", width, config.D, biased).Check(),
                tensors.RmsNorm($"{name}post_attention_layernorm", config.D, config.Epsilon).Check())
            .Apply((output, norm, gate, up, down, mlpNorm) =>
                new Block(layer, output, norm, new Mlp(gate, up, activation, down), mlpNorm, NormPlace.Before))
            .Enter();
    }
}
