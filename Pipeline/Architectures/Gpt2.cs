using Unmask.Pipeline.Formats;

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
        select new Model(config.D, parts.layers, parts.vocabulary);

    private static Fin<Seq<AttentionLayer>> Layers(Gpt2Config config, ModelTensors tensors) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer)).All();

    private static Fin<AttentionLayer> Layer(Gpt2Config config, ModelTensors tensors, int layer) =>
        (tensors.Matrix($"h.{layer}.attn.c_attn.weight", config.D, 3 * config.D).Check(),
                tensors.Vector($"h.{layer}.attn.c_attn.bias", 3 * config.D).Check())
            .Apply((weight, bias) => new AttentionLayer(layer, config.D, Heads(config, weight, bias), Mask.Causal, config.Scale(layer), None)
            {
                Value = Columns(weight, 2 * config.D, config.D),
                ValueBias = bias.Skip(2 * config.D).Strict(),
            })
            .Enter();

    private static Seq<Head> Heads(Gpt2Config config, Matrix weight, Seq<double> bias) =>
        toSeq(Enumerable.Range(0, config.HeadCount)).Map(h =>
        {
            var (query, key, width) = (h * config.HeadDimension, config.D + h * config.HeadDimension, config.HeadDimension);
            return new Head(
                Columns(weight, query, width),
                Columns(weight, key, width),
                bias.Skip(query).Take(width).Strict(),
                bias.Skip(key).Take(width).Strict());
        }).Strict();

    private static Matrix Columns(Matrix weight, int start, int count) => Matrix.Create(weight.Rows, count, (i, c) => weight[i, start + c]);

    private static Fin<Vocabulary> Vocabulary(Gpt2Config config, ModelTensors tensors) =>
        (tensors.Table("wte.weight", config.D).Check(), tensors.Table("wpe.weight", config.D).Check(),
                tensors.Vector("h.0.ln_1.weight", config.D).Check(), tensors.Vector("h.0.ln_1.bias", config.D).Check())
            .Apply((embedding, positions, gain, bias) => new Vocabulary(embedding, positions, new Norm.Layer(gain, bias, config.Epsilon)))
            .Enter();
}
