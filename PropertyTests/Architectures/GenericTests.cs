using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;

namespace Unmask.PropertyTests.Architectures;

/// <summary>Models that unmask.json describes: the samples read that way are the samples.</summary>
public class GenericTests
{
    // The examples of the document, so that they stay true.
    private static readonly string[] Examples =
        [.. File.ReadAllText(SamplePaths.Repository("docs/models.md")).Split("```json\n").Skip(1).Select(part => part.Split("```")[0])];

    [Theory]
    [InlineData("stories260k", 0)]
    [InlineData("gpt2-basic", 1)]
    public void A_sample_described_by_hand_is_the_sample(string name, int example)
    {
        using var model = Described(name, Examples[example]);
        var (described, known) = (model.Load(FileName).Value(), Load.Checkpoint(SamplePaths.Model(name)).Value());
        Assert.Equal("generic", described.Architecture);
        // The vocabulary's norm is that of layer 0; those above it are not described.
        Assert.Equal(known.Layers.Map(layer => layer.Index == 0 ? layer : layer with { Norm = Option<Norm>.None }), described.Layers);
        Assert.Equal(known.Vocabulary, described.Vocabulary);
        Assert.Equal(260, described.Transformer.Errors()[0].Code);
    }

    [Fact]
    public void Heads_may_hold_their_own_queries_keys_and_values()
    {
        using var model = new AlteredModel(
            """{"d": 2, "layers": 1, "heads": 2, "mask": "none", "weights": "out_in", "qkv": "w", "qkv_layout": "heads", "scale": 0.5}""",
            AlteredModel.Of("w", [6, 2], i => i));
        var layer = model.Load(FileName).Value().Layers[0];
        Assert.Equal((0.5, Mask.None), (layer.Scale, layer.Mask));
        Assert.Equal([0, 1, 2, 3, 6, 7, 8, 9], layer.Heads.SelectMany(head => head.Query.Values.ToArray().Concat(head.Key.Values.ToArray())));
        Assert.Equal(Matrix.Of(2, 2, [4, 10, 5, 11]), layer.Value);
    }

    [Theory]
    [InlineData("\"d\": 64", "\"d\": \"64\"", "key d must be a positive integer")]
    [InlineData("\"mask\": \"causal\"", "\"mask\": \"future\"", "key mask must be causal or none")]
    [InlineData("\"mask\": \"causal\",", "", "key mask is missing")]
    [InlineData("\"heads\": 8", "\"headz\": 8, \"heads\": 8", "key headz is not known here")]
    [InlineData("{layer}.self_attn.k_proj", "0.self_attn.k_proj", "key key must hold {layer}")]
    [InlineData("\"key_heads\": 4", "\"key_heads\": 3", "heads 8 is not a multiple of key_heads 3")]
    [InlineData("\"pairs\": \"halves\"", "\"pairs\": \"halves\", \"width\": 10", "key rotary.width must be even and at most head_dim 8")]
    [InlineData("\"kind\": \"rms\"", "\"kind\": \"layer\"", "key vocabulary.norm.bias is missing")]
    [InlineData("model.embed_tokens", "embed_tokens", "tensor embed_tokens.weight is missing")]
    public void A_description_that_does_not_fit_says_why(string old, string changed, string sentence)
    {
        using var model = Described("stories260k", Examples[0]).Replace(old, changed);
        Assert.Contains(model.Load(FileName).Errors(), error => error.Message.Contains(sentence) && Faults.IsBadInput(error));
    }

    [Fact]
    public void A_model_without_a_norm_or_values_is_read_too()
    {
        using var model = Described("stories260k", Examples[0])
            .Replace(",\n    \"norm\": {\"kind\": \"rms\", \"weight\": \"model.layers.0.input_layernorm.weight\", \"epsilon\": 1e-5}", "")
            .Replace("\"value\": \"model.layers.{layer}.self_attn.v_proj.weight\",", "");
        var checkpoint = model.Load(FileName).Value();
        Assert.Equal(new Norm.Identity(), checkpoint.Vocabulary.Map(vocabulary => vocabulary.Norm));
        Assert.True(checkpoint.Layers.ForAll(layer => layer.Value.IsNone));
    }

    private const string FileName = "unmask.json";

    private static AlteredModel Described(string sample, string map) => new(map, new AlteredModel(sample).Tensors);
}
