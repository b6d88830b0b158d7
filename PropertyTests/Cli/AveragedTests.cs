using System.Text.Json;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.PropertyTests.Captures;
using Unmask.PropertyTests.Tokens.Averages;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Cli;

/// <summary>A mean over heads is read where the user says that it is one.</summary>
public sealed class AveragedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_text_comes_back()
    {
        var capture = _folder.File("mean.safetensors");
        var maps = Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Head.Attention;
        TensorFile.Save(capture, Seq1(Saved.Map("attentions.0", MeanMaps.Of(maps)))).Value();
        var run = CommandRun.Of([
            "recover", "--model", SamplePaths.Model("stories260k"), "--capture", capture, "--averaged", .. CommandRun.Truth("stories260k-n24"), "--json", "-"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        var root = json.RootElement;
        Assert.Equal(("averaged-attention", "recovered"), (root.GetProperty("observe").GetString(), root.GetProperty("verdict").GetString()));
        Assert.Equal(1.0, root.GetProperty("truth").GetProperty("tokenAccuracy").GetDouble());
        Assert.True(root.GetProperty("residual").GetProperty("rmsLogProbability").GetDouble() < 1e-6);
    }
}
