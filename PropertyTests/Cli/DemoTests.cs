using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Cli;

public class DemoTests
{
    [Fact]
    public void The_demo_reads_every_sample_exactly()
    {
        var run = CommandRun.Of("demo");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(4, Count(run.Out, "RECOVERED  Every token is ahead"));
        Assert.Contains("100 % of the tokens right", run.Out);
        foreach (var k in Enumerable.Range(0, 3))
        {
            var text = Load.Truth(SamplePaths.Capture($"nano-sort-recorded-{k}.truth.json")).Value().Text.IfNone("");
            Assert.Contains($"  {text}   truth {text}", run.Out);
        }

        Assert.Contains("RECOVERED UP TO torus(8)", run.Out);
    }

    [Fact]
    public void The_verdict_is_printed_before_the_answer()
    {
        var text = CommandRun.Recover("stories260k", "stories260k-n24").Out;
        Assert.StartsWith("RECOVERED", text);
        Assert.True(text.IndexOf("residual", StringComparison.Ordinal) < text.IndexOf("Once upon a time", StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_tokens_are_marked()
    {
        // Beside the truth of another run.
        var run = CommandRun.Recover("nano-sort", "nano-sort-recorded-0", CommandRun.Truth("nano-sort-recorded-1"));
        Assert.Contains("truth, 4 wrong", run.Out);
        Assert.Contains("0 «0» 2 «1» «0» «1» 0", run.Out);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
