using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The keys that BERT, ViT and the keyword transformer have in common. Their attention is unmasked.</summary>
internal sealed record EncoderConfig(int D, int LayerCount, HeadShape Heads, double Epsilon)
{
    public static Fin<EncoderConfig> Read(JsonFields config) =>
        from sizes in (config.Count("hidden_size").Check(), config.Count("num_hidden_layers").Check(), config.Count("num_attention_heads").Check(),
                config.Number("layer_norm_eps").Check(), Plain(config).Check())
            .Apply((d, layers, heads, epsilon, _) => (d, layers, heads, epsilon)).Enter()
        from even in Door.Require(sizes.d % sizes.heads == 0, () =>
            Faults.Indivisible(config.Path, "hidden_size", sizes.d, "num_attention_heads", sizes.heads))
        select new EncoderConfig(sizes.d, sizes.layers, new HeadShape(sizes.heads, sizes.heads, sizes.d / sizes.heads), sizes.epsilon);

    private static Fin<Unit> Plain(JsonFields config) =>
        (config.FlagOr("is_decoder", false).Check(), config.TextOr("position_embedding_type", "absolute").Check())
            .Apply((decoder, positions) => Seq(
                Door.Require(!decoder, () => Faults.UnsupportedSetting(config.Path, "is_decoder", "true", "false")),
                Door.Require(positions == "absolute", () =>
                    Faults.UnsupportedSetting(config.Path, "position_embedding_type", positions, "absolute"))))
            .Enter().Bind(rules => rules.All()).Map(_ => unit);
}
