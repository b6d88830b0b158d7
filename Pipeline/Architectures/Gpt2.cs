using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// GPT-2: LayerNorm, learned positions, biases, causal. Weights are Conv1D, [in, out]; c_attn holds queries, keys and values side by side.
/// </summary>
internal static class Gpt2
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in Gpt2Config.Read(json)
        let tensors = saved.Under("transformer.")
        from parts in (Layers(config, tensors).Check(), Vocabulary(config, tensors).Check())
            .Apply((layers, vocabulary) => (layers, vocabulary)).Enter()
        select new Model(config.D, parts.layers, parts.vocabulary, () => Whole(config, json, tensors, parts.layers, parts.vocabulary));

    private static Fin<Seq<AttentionLayer>> Layers(Gpt2Config config, ModelTensors tensors) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer)).All();

    private static Fin<AttentionLayer> Layer(Gpt2Config config, ModelTensors tensors, int layer) =>
        (tensors.Conv1D($"h.{layer}.attn.c_attn", config.D, 3 * config.D).Check(),
                tensors.IfAny($"h.{layer}.ln_1", name => tensors.LayerNorm(name, config.D, config.Epsilon)).Check())
            .Apply((fused, norm) => new Projections(
                    fused.Columns(0, config.D), fused.Columns(config.D, config.D), fused.Columns(2 * config.D, config.D))
                .Layer(layer, config.Heads, Mask.Causal, config.Scale(layer), None, norm))
            .Enter();

    private static Fin<Vocabulary> Vocabulary(Gpt2Config config, ModelTensors tensors) =>
        (tensors.Table("wte.weight", config.D).Check(), tensors.Table("wpe.weight", config.D).Check(),
                tensors.LayerNorm("h.0.ln_1", config.D, config.Epsilon).Check())
            .Apply((embedding, positions, norm) => new Vocabulary(embedding, positions, norm))
            .Enter();

    private static Fin<Transformer> Whole(
        Gpt2Config config, JsonFields json, ModelTensors tensors, Seq<AttentionLayer> layers, Vocabulary vocabulary) =>
        from sizes in (json.CountOr("n_inner", 4 * config.D).Check(), ActivationNames.Read(json, "activation_function", "gelu_new").Check())
            .Apply((width, activation) => (width, activation)).Enter()
        from blocks in layers.Map(layer => Block(config, tensors, layer, sizes.width, sizes.activation)).All()
        select new Transformer(config.D, blocks) { Tokens = new TokenEmbedding(vocabulary.Embedding, vocabulary.Positions, None) };

    private static Fin<Block> Block(Gpt2Config config, ModelTensors tensors, AttentionLayer layer, int width, Activation activation)
    {
        var name = $"h.{layer.Index}.";
        return (tensors.Conv1D($"{name}attn.c_proj", config.D, config.D).Check(),
                tensors.LayerNorm($"{name}ln_1", config.D, config.Epsilon).Check(),
                tensors.Conv1D($"{name}mlp.c_fc", config.D, width).Check(),
                tensors.Conv1D($"{name}mlp.c_proj", width, config.D).Check(),
                tensors.LayerNorm($"{name}ln_2", config.D, config.Epsilon).Check())
            .Apply((output, norm, up, down, mlpNorm) =>
                new Block(layer, output, norm, new Mlp(None, up, activation, down), mlpNorm, NormPlace.Before))
            .Enter();
    }
}
