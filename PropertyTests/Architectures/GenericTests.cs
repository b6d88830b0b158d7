using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;

namespace Unmask.PropertyTests.Architectures;

/// <summary>Models that unmask.json describes: the samples read that way are the samples.</summary>
public class GenericTests
{
    private const string Stories = """
        {
          "d": 64, "layers": 5, "heads": 8, "key_heads": 4, "head_dim": 8, "mask": "causal", "weights": "out_in",
          "query": "model.layers.{layer}.self_attn.q_proj.weight",
          "key": "model.layers.{layer}.self_attn.k_proj.weight",
          "value": "model.layers.{layer}.self_attn.v_proj.weight",
          "rotary": {"theta": 10000, "pairs": "halves"},
          "vocabulary": {
            "embedding": "model.embed_tokens.weight",
            "norm": {"kind": "rms", "weight": "model.layers.0.input_layernorm.weight", "epsilon": 1e-5}
          }
        }
        """;

    private const string Basic = """
        {
          "d": 48, "layers": 2, "heads": 4, "mask": "causal", "weights": "in_out",
          "qkv": "h.{layer}.attn.c_attn.weight", "qkv_bias": "h.{layer}.attn.c_attn.bias",
          "vocabulary": {
            "embedding": "wte.weight", "positions": "wpe.weight",
            "norm": {"kind": "layer", "weight": "h.0.ln_1.weight", "bias": "h.0.ln_1.bias", "epsilon": 1e-5}
          }
        }
        """;

    [Theory]
    [InlineData("stories260k", Stories)]
    [InlineData("gpt2-basic", Basic)]
    public void A_sample_described_by_hand_is_the_sample(string name, string map)
    {
        using var model = Described(name, map);
        var (described, known) = (model.Load(FileName).Value(), Load.Checkpoint(SamplePaths.Model(name)).Value());
        Assert.Equal("generic", described.Architecture);
        Assert.Equal(known.Layers, described.Layers);
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
        using var model = Described("stories260k", Stories).Replace(old, changed);
        Assert.Contains(model.Load(FileName).Errors(), error => error.Message.Contains(sentence) && Faults.IsBadInput(error));
    }

    [Fact]
    public void A_model_without_a_norm_or_values_is_read_too()
    {
        using var model = Described("stories260k", Stories)
            .Replace(",\n    \"norm\": {\"kind\": \"rms\", \"weight\": \"model.layers.0.input_layernorm.weight\", \"epsilon\": 1e-5}", "")
            .Replace("\"value\": \"model.layers.{layer}.self_attn.v_proj.weight\",", "");
        var checkpoint = model.Load(FileName).Value();
        Assert.Equal(new Norm.Identity(), checkpoint.Vocabulary.Map(vocabulary => vocabulary.Norm));
        Assert.True(checkpoint.Layers.ForAll(layer => layer.Value.IsNone));
    }

    private const string FileName = "unmask.json";

    private static AlteredModel Described(string sample, string map) => new(map, new AlteredModel(sample).Tensors);
}
