using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>Where linear layers have biases: queries, keys and values; the output projection; the MLP.</summary>
internal sealed record LlamaBiases(bool Projections, bool Output, bool Mlp)
{
    /// <summary>Qwen2 has no key for its biases: the first three layers always have them.</summary>
    public static Fin<LlamaBiases> Read(JsonFields config, string type) => type == "qwen2"
        ? new LlamaBiases(true, false, false)
        : (config.FlagOr("attention_bias", false).Check(), config.FlagOr("mlp_bias", false).Check())
            .Apply((attention, mlp) => new LlamaBiases(attention, attention, mlp)).Enter();
}

/// <summary>The keys of a Llama, Mistral or Qwen2 config.json that shape attention.</summary>
internal sealed record LlamaConfig(
    int D, int LayerCount, HeadShape Heads, Lazy<Rotary> Rotary, double Epsilon, LlamaBiases Biases, Func<int, Option<int>> Window)
{
    public static Fin<LlamaConfig> Read(JsonFields config) =>
        from type in config.Text("model_type")
        from sizes in (config.Count("hidden_size").Check(), config.Count("num_hidden_layers").Check(), config.Count("num_attention_heads").Check(),
                config.Number("rms_norm_eps").Check(), LlamaBiases.Read(config, type).Check(), SlidingWindow.Read(config, type).Check())
            .Apply((d, layers, heads, epsilon, biases, window) => (d, layers, heads, epsilon, biases, window)).Enter()
        from heads in (config.CountOr("num_key_value_heads", sizes.heads).Check(), WidthOf(config, sizes.d, sizes.heads).Check())
            .Apply((keys, width) => new HeadShape(sizes.heads, keys, width)).Enter()
        from grouped in Door.Require(heads.Heads % heads.Keys == 0, () =>
            Faults.Indivisible(config.Path, "num_attention_heads", heads.Heads, "num_key_value_heads", heads.Keys))
        from rotary in RotaryConfig.Read(config, heads.Width)
        select new LlamaConfig(sizes.d, sizes.layers, heads, rotary, sizes.epsilon, sizes.biases, sizes.window);

    private static Fin<int> WidthOf(JsonFields config, int d, int heads) =>
        config.Get("head_dim").IsSome ? config.Count("head_dim")
        : d % heads == 0 ? d / heads
        : Faults.Indivisible(config.Path, "hidden_size", d, "num_attention_heads", heads);
}
