using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Architectures;

/// <summary>BERT, ViT and the keyword transformer: what is known in front of their layers, and what is refused.</summary>
public class EncoderTests
{
    [Fact]
    public void A_bert_without_embeddings_has_no_vocabulary_but_a_forward_pass()
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model("bert-tiny-sst2")).Value();
        Assert.True(checkpoint.Vocabulary.IsNone);
        Assert.True(checkpoint.Transformer.Value().Tokens.IsNone);
    }

    [Fact]
    public void Norms_called_gamma_and_beta_are_the_same_norms()
    {
        using var model = new AlteredModel("bert-mini-shakespeare").Rename(name =>
            name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"));
        var (renamed, whole) = (model.Load().Value(), Load.Checkpoint(SamplePaths.Model("bert-mini-shakespeare")).Value());
        Assert.Equal(whole.Vocabulary, renamed.Vocabulary);
        Assert.Equal(whole.Transformer.Value(), renamed.Transformer.Value());
    }

    [Theory]
    [InlineData("\"position_embedding_type\": \"relative_key\"", "position_embedding_type is relative_key")]
    [InlineData("\"is_decoder\": true", "is_decoder is true")]
    public void What_changes_the_scores_is_refused_by_name(string setting, string sentence)
    {
        using var model = new AlteredModel("bert-mini-shakespeare").Replace("\"model_type\": \"bert\"", $"\"model_type\": \"bert\", {setting}");
        Assert.Contains(sentence, Assert.Single(model.Load().Errors()).Message);
    }

    [Theory]
    [InlineData("kwt1-yes")]
    [InlineData("kwt1-no")]
    [InlineData("kwt1-noise")]
    [InlineData("kwt1-silence")]
    public void The_class_token_of_a_keyword_transformer_is_known(string capture)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model("kwt1")).Value();
        var states = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().States[0];
        var (position, column) = Assert.Single(checkpoint.Known);
        Assert.Equal(0, position);
        // The truth was rounded to float32 once: entries are below 4.
        for (var c = 0; c < 64; c++) Assert.Equal(states[c, 0], column[c], 1.2e-7);
        var front = checkpoint.FrontEnd.Map(make => make(99)).IfNone(() => throw new InvalidOperationException());
        for (var c = 0; c < 64; c++) Assert.Equal(column[c], front.Offset[c, 0]);
    }

    // Two channels of 4×4 in patches of 2×2, d = 6: the convolution is done by its definition.
    [Fact]
    public void A_vision_transformer_sees_patches()
    {
        using var folder = new AlteredModel(VisionConfig, [.. Vision()]);
        var checkpoint = folder.Load().Value();
        var model = checkpoint.Transformer.Value();
        var patches = model.Features.IfNone(() => throw new InvalidOperationException());
        double Pixel(int channel, int y, int x) => Math.Cos(channel + 3 * y + 7 * x);
        var features = Matrix.Create(8, 5, (f, i) => i == 0 ? 0 : Pixel(f / 4, (i - 1) / 2 * 2 + f % 4 / 2, (i - 1) % 2 * 2 + f % 2));
        var stream = patches.At(5).Projection * features + patches.At(5).Offset;
        for (var c = 0; c < 6; c++)
        {
            Assert.Equal(Number("vit.embeddings.cls_token", c) + Number("vit.embeddings.position_embeddings", c), stream[c, 0], 1e-12);
            for (var i = 1; i < 5; i++)
            {
                var sum = Number("vit.embeddings.patch_embeddings.projection.bias", c) + Number("vit.embeddings.position_embeddings", i * 6 + c);
                for (var channel = 0; channel < 2; channel++)
                    for (var (y, k) = (0, 0); k < 4; k++, y = k / 2)
                        sum += Number("vit.embeddings.patch_embeddings.projection.weight", (c * 2 + channel) * 4 + k)
                            * Pixel(channel, (i - 1) / 2 * 2 + y, (i - 1) % 2 * 2 + k % 2);
                Assert.Equal(sum, stream[c, i], 1e-12);
            }
        }

        var states = States.Upto(model, stream, 1);
        Assert.True(checkpoint.FrontEnd.IsNone);
        for (var c = 0; c < 6; c++) Assert.Equal(states[0][c, 0], checkpoint.Known[0][c], 1e-12);
        Assert.All(model.Blocks, block => Assert.Equal(NormPlace.Before, block.Norms));
        Assert.Equal(Number("vit.encoder.layer.1.layernorm_before.bias", 4), ((Norm.Layer)model.Blocks[1].AttentionNorm).Bias[4]);
        Assert.Equal(Number("vit.encoder.layer.1.attention.attention.key.weight", 4 * 6 + 5), checkpoint.Layers[1].Heads[1].Key[5, 1]);
    }

    private const string VisionConfig = """
        {"model_type": "vit", "hidden_size": 6, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 10, "hidden_act": "gelu",
         "layer_norm_eps": 1e-12, "image_size": 4, "patch_size": 2, "num_channels": 2, "qkv_bias": true}
        """;

    private static IEnumerable<NamedTensor> Vision()
    {
        foreach (var (name, shape) in new (string, long[])[]
                 {
                     ("cls_token", [1, 1, 6]), ("position_embeddings", [1, 5, 6]), ("patch_embeddings.projection.weight", [6, 2, 2, 2]),
                     ("patch_embeddings.projection.bias", [6]),
                 })
            yield return Random($"vit.embeddings.{name}", shape);
        for (var layer = 0; layer < 2; layer++)
            foreach (var (name, rows, columns) in new[]
                     {
                         ("attention.attention.query", 6, 6), ("attention.attention.key", 6, 6), ("attention.attention.value", 6, 6),
                         ("attention.output.dense", 6, 6), ("intermediate.dense", 10, 6), ("output.dense", 6, 10), ("layernorm_before", 6, 0),
                         ("layernorm_after", 6, 0),
                     })
            {
                yield return Random($"vit.encoder.layer.{layer}.{name}.weight", columns == 0 ? [rows] : [rows, columns]);
                yield return Random($"vit.encoder.layer.{layer}.{name}.bias", [rows]);
            }
    }

    private static NamedTensor Random(string name, long[] shape) => AlteredModel.Of(name, shape, i => Number(name, i));

    // Any numbers, told by the name.
    private static double Number(string name, int index) => Math.Sin(name.Sum(letter => letter) + 1.7 * index);
}
