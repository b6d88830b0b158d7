using LanguageExt;
using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Architectures;

/// <summary>What sets Mistral and Qwen2 apart from Llama, and what each checkpoint must hold.</summary>
public class LlamaKinTests
{
    private const string Llama = "\"model_type\": \"llama\"";

    [Theory]
    [InlineData("\"model_type\": \"mistral\", \"sliding_window\": 100", new[] { 100, 100, 100, 100, 100 })]
    [InlineData("\"model_type\": \"mistral\", \"sliding_window\": null", new[] { 0, 0, 0, 0, 0 })]
    [InlineData("\"model_type\": \"llama\", \"sliding_window\": 100", new[] { 0, 0, 0, 0, 0 })]
    public void A_sliding_window_is_kept_with_its_layers(string type, int[] windows)
    {
        using var model = new AlteredModel("stories260k").Replace(Llama, type);
        Assert.Equal(windows, model.Load().Value().Layers.Map(layer => layer.Window.IfNone(0)));
    }

    [Theory]
    [InlineData("\"sliding_window\": 9", new[] { 0, 0, 0, 0, 0 })]
    [InlineData("\"sliding_window\": 9, \"use_sliding_window\": true, \"max_window_layers\": 3", new[] { 0, 0, 0, 9, 9 })]
    [InlineData("\"sliding_window\": 9, \"use_sliding_window\": true, \"layer_types\": [\"sliding_attention\", \"full_attention\"]", new[] { 9, 0, 0, 0, 0 })]
    public void Qwen2_switches_its_window_on_and_has_biases(string window, int[] windows)
    {
        using var model = new AlteredModel("stories260k").Replace(Llama, $"\"model_type\": \"qwen2\", {window}");
        foreach (var layer in Enumerable.Range(0, 5))
            foreach (var (name, length) in new[] { ("q", 64), ("k", 32), ("v", 32) })
                model.Add($"model.layers.{layer}.self_attn.{name}_proj.bias", length, c => layer + c / 100.0);
        var checkpoint = model.Load().Value();
        Assert.Equal(windows, checkpoint.Layers.Map(layer => layer.Window.IfNone(0)));
        Assert.Equal(2.25, checkpoint.Layers[2].Heads[3].QueryBias.Map(bias => bias[1]));
        Assert.Equal(4.31, checkpoint.Layers[4].Heads[7].KeyBias.Map(bias => bias[7]));
        Assert.Equal(4.31, checkpoint.Layers[4].ValueBias.Map(bias => bias[63]));
        Assert.True(checkpoint.Transformer.Value().Blocks.ForAll(block => block.Output.Bias.IsNone));
    }

    [Fact]
    public void Qwen2_without_biases_says_which_are_missing()
    {
        using var model = new AlteredModel("stories260k").Replace(Llama, "\"model_type\": \"qwen2\"");
        Assert.Equal(15, model.Load().Errors().Count(error => error.Code == 212 && error.Message.Contains("_proj.bias is missing")));
    }

    [Fact]
    public void Attention_is_read_without_the_rest_and_the_rest_says_what_it_lacks()
    {
        using var model = new AlteredModel("stories260k").Rename(name => name.Contains("layers.3.mlp.up") ? "" : name);
        var checkpoint = model.Load().Value();
        Assert.Equal(5, checkpoint.Layers.Count);
        Assert.Contains("model.layers.3.mlp.up_proj.weight is missing", Assert.Single(checkpoint.Transformer.Errors()).Message);
    }

    [Fact]
    public void An_activation_that_is_not_known_stops_the_forward_pass_alone()
    {
        using var model = new AlteredModel("stories260k").Replace("\"hidden_act\": \"silu\"", "\"hidden_act\": \"laplace\"");
        Assert.Equal(265, Assert.Single(model.Load().Value().Transformer.Errors()).Code);
    }
}
