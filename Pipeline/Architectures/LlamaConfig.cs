using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The keys of a Llama config.json that shape attention.</summary>
internal sealed record LlamaConfig(
    int D, int LayerCount, int HeadCount, int KeyHeadCount, int HeadDimension, double Theta, double Epsilon, bool Biased)
{
    /// <summary>Heads that share one key and value head.</summary>
    public int GroupSize => HeadCount / KeyHeadCount;

    public static Fin<LlamaConfig> Read(JsonFields config) =>
        from sizes in (config.Count("hidden_size").Check(), config.Count("num_hidden_layers").Check(), config.Count("num_attention_heads").Check(),
                config.Number("rms_norm_eps").Check(), ReadTheta(config).Check(), config.FlagOr("attention_bias", false).Check())
            .Apply((d, layers, heads, epsilon, theta, biased) => (d, layers, heads, epsilon, theta, biased)).Enter()
        from heads in (config.CountOr("num_key_value_heads", sizes.heads).Check(), Width(config, sizes.d, sizes.heads).Check())
            .Apply((keys, width) => (keys, width)).Enter()
        from grouped in Door.Require(sizes.heads % heads.keys == 0, () =>
            Faults.Indivisible(config.Path, "num_attention_heads", sizes.heads, "num_key_value_heads", heads.keys))
        from even in Door.Require(heads.width % 2 == 0, () => Faults.Indivisible(config.Path, "head_dim", heads.width, "the rotary pair", 2))
        select new LlamaConfig(sizes.d, sizes.layers, sizes.heads, heads.keys, heads.width, sizes.theta, sizes.epsilon, sizes.biased);

    private static Fin<int> Width(JsonFields config, int d, int heads) =>
        config.Get("head_dim").IsSome ? config.Count("head_dim")
        : d % heads == 0 ? d / heads
        : Faults.Indivisible(config.Path, "hidden_size", d, "num_attention_heads", heads);

    // Older configs have rope_theta beside rope_scaling, newer ones both inside rope_parameters.
    private static Fin<double> ReadTheta(JsonFields config) =>
        from unscaled in Door.Require(config.Get("rope_scaling").IsNone, () =>
            Faults.UnsupportedSetting(config.Path, "rope_scaling", config.Get("rope_scaling").Match(e => e.GetRawText(), () => "null"), "null"))
        from whole in config.NumberOr("partial_rotary_factor", 1)
        from all in Door.Require(whole == 1, () => Faults.UnsupportedSetting(config.Path, "partial_rotary_factor", $"{whole}", "1"))
        from theta in config.Get("rope_parameters").IsNone ? config.NumberOr("rope_theta", 10000) : config.Object("rope_parameters").Bind(Inside)
        from positive in Door.Require(theta > 0, () => config.Bad("rope_theta", "must be positive"))
        select theta;

    private static Fin<double> Inside(JsonFields rope) =>
        from type in rope.TextOr("rope_type", "default")
        from plain in Door.Require(type == "default", () => Faults.UnsupportedSetting(rope.Path, "rope_parameters.rope_type", type, "default"))
        from theta in rope.NumberOr("rope_theta", 10000)
        select theta;
}
