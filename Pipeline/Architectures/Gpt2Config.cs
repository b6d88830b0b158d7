using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The keys of a GPT-2 config.json that shape attention.</summary>
internal sealed record Gpt2Config(int D, int LayerCount, int HeadCount, double Epsilon, bool ScaleWeights, bool ScaleByLayer)
{
    public HeadShape Heads => new(HeadCount, HeadCount, D / HeadCount);

    public static Fin<Gpt2Config> Read(JsonFields config) =>
        from read in (config.Count("n_embd").Check(), config.Count("n_layer").Check(), config.Count("n_head").Check(),
                config.Number("layer_norm_epsilon").Check(), config.FlagOr("scale_attn_weights", true).Check(),
                config.FlagOr("scale_attn_by_inverse_layer_idx", false).Check())
            .Apply((d, layers, heads, epsilon, scaled, byLayer) => new Gpt2Config(d, layers, heads, epsilon, scaled, byLayer)).Enter()
        from even in Door.Require(read.D % read.HeadCount == 0, () => Faults.Indivisible(config.Path, "n_embd", read.D, "n_head", read.HeadCount))
        select read;

    /// <summary>s of one layer.</summary>
    public double Scale(int layer) => (ScaleWeights ? 1 / Math.Sqrt(Heads.Width) : 1) / (ScaleByLayer ? layer + 1 : 1);
}
