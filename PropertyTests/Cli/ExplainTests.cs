using System.Text.Json;
using Xunit;

namespace Unmask.PropertyTests.Cli;

public class ExplainTests
{
    [Fact]
    public void Every_layer_has_its_line()
    {
        var run = CommandRun.Of("explain", "--model", SamplePaths.Model("stories260k"), "--tokens", "24");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"\n4 +8 +1536 +2208 +80 +subspace\(80 free\) +17\b", run.Out.ReplaceLineEndings("\n"));
        Assert.Contains("vocabulary of 512", run.Out);
    }

    [Fact]
    public void Scripts_get_the_same_as_json()
    {
        using var json = JsonDocument.Parse(
            CommandRun.Of("explain", "--model", SamplePaths.Model("gpt2-basic"), "--tokens", "40", "--layer", "1", "--json", "-").Out);
        var layer = Assert.Single(json.RootElement.GetProperty("layers").EnumerateArray());
        Assert.Equal(
            (1, 48, 4, 40 * 48L, 4 * (40 * 39 / 2L)),
            (layer.GetProperty("layer").GetInt32(), layer.GetProperty("d").GetInt32(), layer.GetProperty("heads").GetInt32(),
                layer.GetProperty("unknowns").GetInt64(), layer.GetProperty("equations").GetInt64()));
        Assert.True(layer.GetProperty("leastTokens").GetInt32() <= 40);
    }

    [Fact]
    public void A_layer_that_is_not_there_is_bad_input()
    {
        var run = CommandRun.Of("explain", "--model", SamplePaths.Model("gpt2-basic"), "--layer", "7");
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("there is no layer 7, the model has layers 0 to 1", run.Error);
    }

    [Fact]
    public void More_tokens_than_positions_are_bad_input()
    {
        var run = CommandRun.Of("explain", "--model", SamplePaths.Model("nano-sort"), "--tokens", "12");
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("11 positions", run.Error);
    }
}
