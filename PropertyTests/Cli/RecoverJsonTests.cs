using System.Text.Json;
using System.Text.RegularExpressions;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Cli;

public partial class RecoverJsonTests
{
    [Theory]
    [InlineData("stories260k", "stories260k-n96", "f32")]
    [InlineData("stories260k", "stories260k-n96-fp16", "f16")]
    [InlineData("stories260k", "stories260k-n96-bf16", "bf16")]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "f32")]
    [InlineData("nano-sort", "nano-sort-recorded-0", "f32")]
    [InlineData("nano-sort", "nano-sort-recorded-1", "f32")]
    [InlineData("nano-sort", "nano-sort-recorded-2", "f32")]
    public void Every_token_of_every_sample_is_right(string model, string capture, string precision)
    {
        var run = CommandRun.Recover(model, capture, [.. CommandRun.Truth(capture), "--json", "-"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        var root = json.RootElement;
        Assert.Equal((1, "recover", model, 0), (root.GetProperty("schema").GetInt32(), Text(root, "command"), Text(root, "model"), root.GetProperty("layer").GetInt32()));
        Assert.Equal(("attention", precision, "none"), (Text(root, "observe"), Text(root, "precision"), Text(root, "symmetry")));
        Assert.Equal(1.0, root.GetProperty("truth").GetProperty("tokenAccuracy").GetDouble());
        Assert.Equal(root.GetProperty("tokens").GetInt32(), root.GetProperty("recovered").GetProperty("ids").GetArrayLength());
        Assert.Equal(root.GetProperty("tokens").GetInt32(), root.GetProperty("recovered").GetProperty("certificates").GetArrayLength());
        Assert.Equal("tokens", Text(root.GetProperty("solver"), "name"));
    }

    [Fact]
    public void Keys_come_in_the_documented_order()
    {
        using var json = JsonDocument.Parse(CommandRun.Recover("nano-sort", "nano-sort-recorded-0", [.. CommandRun.Truth("nano-sort-recorded-0"), "--json", "-"]).Out);
        Keys(json.RootElement, "schema command verdict symmetry model layer tokens d heads observe precision identifiability solver residual recovered truth");
        Keys(json.RootElement.GetProperty("identifiability"), "unknowns equations nullity gap reason");
        Keys(json.RootElement.GetProperty("solver"), "name iterations restarts seconds");
        Keys(json.RootElement.GetProperty("residual"), "maxProbability rmsLogProbability noiseFloor");
        Keys(json.RootElement.GetProperty("recovered"), "text ids certificates");
        Keys(json.RootElement.GetProperty("recovered").GetProperty("certificates")[0], "position id margin ties");
        Keys(json.RootElement.GetProperty("truth"), "tokenAccuracy relativeError tokensCompared");

        static void Keys(JsonElement element, string keys) => Assert.Equal(keys, string.Join(' ', element.EnumerateObject().Select(key => key.Name)));
    }

    [Theory]
    [InlineData("attention+output", "--observe", "attention+output")]
    [InlineData("attention+output")]
    [InlineData("attention", "--observe", "attention")]
    public void An_output_beside_the_maps_is_said_to_be_there(string observed, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var (maps, outputs) = ("nano-sort-recorded-0.safetensors", "nano-sort-recorded-0.truth.safetensors");
        TensorFile.Save(folder.File("both.safetensors"), Seq(
            TensorFile.Open(SamplePaths.Capture(maps)).Value().Require("attentions.0").Value(),
            TensorFile.Open(SamplePaths.Capture(outputs)).Value().Require("attention_outputs.0").Value())).Value();
        var run = CommandRun.Of(["recover", "--model", SamplePaths.Model("nano-sort"), "--capture", folder.File("both.safetensors"), "--json", "-", .. options]);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal((0, observed, "recovered"), (run.ExitCode, Text(json.RootElement, "observe"), Text(json.RootElement, "verdict")));
    }

    [Fact]
    public void Without_the_truth_everything_else_is_the_same()
    {
        var with = CommandRun.Recover("nano-sort", "nano-sort-recorded-1", [.. CommandRun.Truth("nano-sort-recorded-1"), "--json", "-"]).Out;
        var without = CommandRun.Recover("nano-sort", "nano-sort-recorded-1", "--json", "-").Out;
        Assert.Contains("\"truth\"", with);
        Assert.Equal(Timeless(with[..with.IndexOf(",\n  \"truth\"", StringComparison.Ordinal)] + "\n}\n"), Timeless(without));
    }

    [Fact]
    public void The_same_command_gives_the_same_bytes_whatever_the_threads()
    {
        var once = CommandRun.Recover("stories260k", "stories260k-n24", "--json", "-", "--threads", "1").Out;
        var again = CommandRun.Recover("stories260k", "stories260k-n24", "--json", "-", "--threads", "2").Out;
        Assert.Equal(Timeless(once), Timeless(again));
    }

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    internal static string Timeless(string json) => Seconds().Replace(json, "\"seconds\": 0");

    [GeneratedRegex("\"seconds\": [0-9.eE+-]+")]
    private static partial Regex Seconds();
}
