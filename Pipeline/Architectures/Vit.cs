using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// ViT: LayerNorm before each half of a block, biases, a class token, patches through a convolution whose stride is its width, learned positions.
/// What enters layer 0 is the norm of an affine map of the patches, so a checkpoint of it has no front end for those states; the stream before the
/// norm has, and the transformer holds it. The class token's column is the same for every picture, norm and all, and is known.
/// </summary>
internal static class Vit
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in EncoderConfig.Read(json)
        from biased in json.FlagOr("qkv_bias", true)
        let tensors = saved.Under("vit.")
        from parts in (Encoder.Vit.Layers(config, tensors, biased).Check(), Patches(config, json, tensors).Check(),
                Encoder.Vit.NormOf(config, tensors, 0).Check())
            .Apply((layers, patches, norm) => (layers, patches, norm)).Enter()
        select new Model(
            config.D, parts.layers, None,
            () => Encoder.Vit.Whole(config, json, tensors, parts.layers).Map(model => model with { Features = parts.patches }))
        {
            Positions = parts.patches.Positions.Rows,
            Known = Map((0, parts.patches.First(parts.norm))),
        };

    // One row of features is a patch, channel after channel and row after row in it.
    private static Fin<FeatureEmbedding> Patches(EncoderConfig config, JsonFields json, ModelTensors tensors) =>
        from sizes in (json.Count("image_size").Check(), json.Count("patch_size").Check(), json.Count("num_channels").Check())
            .Apply((image, patch, channels) => (image, patch, channels)).Enter()
        from whole in Door.Require(sizes.image % sizes.patch == 0, () =>
            Faults.Indivisible(json.Path, "image_size", sizes.image, "patch_size", sizes.patch))
        let tokens = sizes.image / sizes.patch * (sizes.image / sizes.patch) + 1
        from read in (tensors.Folded("embeddings.patch_embeddings.projection.weight", 3, config.D, sizes.channels, sizes.patch, sizes.patch).Check(),
                tensors.Vector("embeddings.patch_embeddings.projection.bias", config.D).Check(),
                tensors.Folded("embeddings.cls_token", 1, 1, 1, config.D).Check(),
                tensors.Folded("embeddings.position_embeddings", 1, 1, tokens, config.D).Check())
            .Apply((weight, bias, token, positions) =>
                new FeatureEmbedding(new Linear(weight.Transpose(), bias), toSeq(token.Values.ToArray()), positions)).Enter()
        select read;
}
