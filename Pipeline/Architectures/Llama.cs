using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// Llama: RMSNorm, rotary positions (rotate-half), grouped queries, causal, s = 1/√d_h. Linear weights are stored [out, in], head after head
/// along out.
/// </summary>
internal static class Llama
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in LlamaConfig.Read(json)
        let tensors = saved.Under("model.")
        from parts in (Layers(config, tensors).Check(), Vocabulary(config, tensors).Check())
            .Apply((layers, vocabulary) => (layers, vocabulary)).Enter()
        select new Model(config.D, parts.layers, parts.vocabulary);

    private static Fin<Seq<AttentionLayer>> Layers(LlamaConfig config, ModelTensors tensors) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer)).All();

    private static Fin<AttentionLayer> Layer(LlamaConfig config, ModelTensors tensors, int layer)
    {
        var (wide, narrow) = (config.HeadCount * config.HeadDimension, config.KeyHeadCount * config.HeadDimension);
        return (Weight("q_proj", wide), Weight("k_proj", narrow), Weight("v_proj", narrow),
                Bias("q_proj", wide), Bias("k_proj", narrow), Bias("v_proj", narrow))
            .Apply((query, key, value, queryBias, keyBias, valueBias) => new AttentionLayer(
                layer, config.D, Heads(config, query, key, queryBias, keyBias), Mask.Causal, 1 / Math.Sqrt(config.HeadDimension),
                Rotary.Of(config.Theta, config.HeadDimension))
            {
                Value = Matrix.Create(config.D, wide, (i, c) => value[Shared(config, c), i]),
                ValueBias = valueBias.Map(bias => toSeq(Enumerable.Range(0, wide)).Map(c => bias[Shared(config, c)]).Strict()),
            })
            .Enter();

        Validation<Error, Matrix> Weight(string name, int rows) =>
            tensors.Matrix($"layers.{layer}.self_attn.{name}.weight", rows, config.D).Check();

        Validation<Error, Option<Seq<double>>> Bias(string name, int length) => config.Biased
            ? tensors.Vector($"layers.{layer}.self_attn.{name}.bias", length).Map(Some).Check()
            : Success<Error, Option<Seq<double>>>(None);
    }

    private static Seq<Head> Heads(LlamaConfig config, Matrix query, Matrix key, Option<Seq<double>> queryBias, Option<Seq<double>> keyBias)
    {
        var keys = toSeq(Enumerable.Range(0, config.KeyHeadCount)).Map(group => Slice(config, key, group)).Strict();
        return toSeq(Enumerable.Range(0, config.HeadCount)).Map(h => new Head(
            Slice(config, query, h),
            keys[h / config.GroupSize],
            queryBias.Map(bias => Slice(config, bias, h)),
            keyBias.Map(bias => Slice(config, bias, h / config.GroupSize)))).Strict();
    }

    private static Matrix Slice(LlamaConfig config, Matrix weight, int head) =>
        Matrix.Create(config.D, config.HeadDimension, (i, c) => weight[head * config.HeadDimension + c, i]);

    private static Seq<double> Slice(LlamaConfig config, Seq<double> bias, int head) =>
        bias.Skip(head * config.HeadDimension).Take(config.HeadDimension).Strict();

    // The value row that feeds column c of the heads laid side by side.
    private static int Shared(LlamaConfig config, int c) =>
        c / config.HeadDimension / config.GroupSize * config.HeadDimension + c % config.HeadDimension;

    private static Fin<Vocabulary> Vocabulary(LlamaConfig config, ModelTensors tensors) =>
        (tensors.Table("embed_tokens.weight", config.D).Check(), tensors.Vector("layers.0.input_layernorm.weight", config.D).Check())
            .Apply((embedding, gain) => new Vocabulary(embedding, None, new Norm.Rms(gain, config.Epsilon)))
            .Enter();
}
