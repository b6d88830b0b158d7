using LanguageExt;
using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Architectures;

/// <summary>Rotary frequencies of a Llama, however its config puts them.</summary>
public class RotaryConfigTests
{
    private const string Old = "\"rope_scaling\": null,\n  \"rope_theta\": 10000.0";

    private const string Llama3 = "\"factor\": 4.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 64";

    [Theory]
    [InlineData(Old)]
    [InlineData("\"rope_theta\": 10000.0")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 10000.0}")]
    public void Unscaled_frequencies_are_powers_of_theta(string rope) => Is(rope, c => Math.Pow(10000, -2 * c / 8.0), 4);

    [Theory]
    [InlineData("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.5}, \"rope_theta\": 500.0")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.5}, \"rope_theta\": 500.0")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2.5, \"rope_theta\": 500.0}")]
    public void Linear_scaling_divides_them(string rope) => Is(rope, c => Math.Pow(500, -2 * c / 8.0) / 2.5, 4);

    [Theory]
    [InlineData("\"partial_rotary_factor\": 0.5, \"rope_theta\": 500.0")]
    [InlineData("\"rope_parameters\": {\"partial_rotary_factor\": 0.5, \"rope_theta\": 500.0}")]
    public void A_part_of_the_head_has_frequencies_of_its_own_width(string rope) => Is(rope, c => Math.Pow(500, -2 * c / 4.0), 2);

    // As the reference library puts it: by wavelength, in three branches. θ is chosen so that each of them is taken.
    [Theory]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"llama3\", " + Llama3 + "}, \"rope_theta\": 100.0")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"llama3\", \"rope_theta\": 100.0, " + Llama3 + "}")]
    public void Llama_3_scales_by_wavelength(string rope) => Is(
        rope,
        c =>
        {
            var frequency = Math.Pow(100, -2 * c / 8.0);
            var wavelength = 2 * Math.PI / frequency;
            if (wavelength < 64 / 4.0) return frequency;
            if (wavelength > 64 / 1.0) return frequency / 4;
            var smooth = (64 / wavelength - 1) / (4 - 1);
            return (1 - smooth) * frequency / 4 + smooth * frequency;
        },
        4);

    [Theory]
    [InlineData("\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}", "rope_scaling.rope_type is dynamic")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"longrope\"}", "rope_scaling.rope_type is longrope")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"yarn\"}", "rope_parameters.rope_type is yarn")]
    [InlineData("\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 5}}", "rope_parameters is different from layer to layer")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"linear\"}", "key rope_scaling.factor is missing")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 0}", "key rope_scaling.factor must be positive")]
    [InlineData("\"rope_theta\": 0", "key rope_theta must be positive")]
    [InlineData("\"partial_rotary_factor\": 1.5", "key partial_rotary_factor must be above 0 and at most 1")]
    [InlineData("\"partial_rotary_factor\": 0.4", "head_dim 3 is not a multiple of the rotary pair 2")]
    public void Anything_else_is_refused_by_name(string rope, string sentence)
    {
        using var model = new AlteredModel("stories260k").Replace(Old, rope);
        Assert.Contains(model.Load().Errors(), error => error.Message.Contains(sentence));
    }

    // A width out of all proportion is found out by the first tensor, before anything is made of that size.
    [Fact]
    public void A_damaged_width_costs_nothing()
    {
        using var model = new AlteredModel("stories260k").Replace("\"head_dim\": 8", "\"head_dim\": 2000000000");
        Assert.All(model.Load().Errors(), error => Assert.True(Faults.IsBadInput(error)));
    }

    private static void Is(string rope, Func<int, double> frequency, int pairs)
    {
        using var model = new AlteredModel("stories260k").Replace(Old, rope);
        var rotary = model.Load().Value().Layers[0].Rotary.IfNone(() => throw new InvalidOperationException());
        Assert.Equal((pairs, RotaryPairs.Halves), (rotary.Frequencies.Count, rotary.Pairs));
        for (var c = 0; c < pairs; c++) Assert.Equal(frequency(c), rotary.Frequencies[c], 1e-15);
    }
}
