using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Cli;

public class PictureTests
{
    private const string Accept = "UNMASK_ACCEPT";

    /// <summary>Set UNMASK_ACCEPT=1 to write docs/demo.svg anew.</summary>
    [Fact]
    public void The_picture_of_the_readme_is_what_the_sample_gives()
    {
        var recovery = Recover.Model(
            SamplePaths.Model("stories260k"), SamplePaths.Capture("stories260k-n96.safetensors"), Selection.Default, Invert.Auto(SolverOptions.Default)).Value();
        var tokenizer = Load.Checkpoint(SamplePaths.Model("stories260k")).Value().Tokenizer;
        var text = tokenizer.Map(known => known.Decode(recovery.Verdict.Estimate.Tokens.Map(reading => reading.Ids).IfNone(LanguageExt.Seq<int>.Empty))).IfNone("");
        var maps = recovery.Problem.Observed;
        var mean = 1.0 / maps.Count * maps.Reduce((a, b) => a + b);
        var picture = Picture.Of(mean, text);
        var path = SamplePaths.Repository("docs/demo.svg");
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllText(path, picture);
        Assert.Equal(picture, File.ReadAllText(path));
    }
}
