using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// The keyword transformer: frames of sound features through a linear layer, a class token first, learned positions, LayerNorm after each half of a
/// block, unmasked. No norm stands before layer 0, so its states are an affine map of the frames and the class token's column is known.
/// </summary>
internal static class Kwt
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in EncoderConfig.Read(json)
        from biased in json.FlagOr("qkv_bias", true)
        from place in json.TextOr("norm_position", "post")
        from after in Door.Require(place == "post", () => Faults.UnsupportedSetting(json.Path, "norm_position", place, "post"))
        let tensors = saved.Under("vit.")
        from parts in (Encoder.Kwt.Layers(config, tensors, biased).Check(), Frames(config, json, tensors).Check())
            .Apply((layers, frames) => (layers, frames)).Enter()
        select new Model(
            config.D, parts.layers, None,
            () => Encoder.Kwt.Whole(config, json, tensors, parts.layers).Map(model => model with { Features = parts.frames }))
        {
            Positions = parts.frames.Positions.Rows,
            FrontEnd = Some<Func<int, FrontEnd>>(parts.frames.At),
            Known = Map((0, parts.frames.First(None))),
        };

    private static Fin<FeatureEmbedding> Frames(EncoderConfig config, JsonFields json, ModelTensors tensors) =>
        from sizes in (json.Count("num_features").Check(), json.Count("sequence_length").Check())
            .Apply((features, tokens) => (features, tokens)).Enter()
        from read in (tensors.Linear("embeddings.patch_embeddings.projection", sizes.features, config.D, true).Check(),
                tensors.Folded("embeddings.cls_token", 1, 1, 1, config.D).Check(),
                tensors.Folded("embeddings.position_embeddings", 1, 1, sizes.tokens, config.D).Check())
            .Apply((projection, token, positions) => new FeatureEmbedding(projection, toSeq(token.Values.ToArray()), positions)).Enter()
        select read;
}
