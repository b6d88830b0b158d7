using System.Text.Json;
using Xunit;

namespace Unmask.PropertyTests.Cli;

public class UsageTests
{
    [Theory]
    [InlineData("", "Required command")]
    [InlineData("recover", "'--model' is required")]
    [InlineData("invert --weights w.npy", "'--target' is required")]
    [InlineData("recover --model m --capture c --solver simplex", "--solver simplex is not possible; choose auto, tokens, output-linear, residual-stream, front-end, congruence, subspace, lm, newton, gradient, polish.")]
    [InlineData("recover --model m --capture c --precision decimals:0", "--precision decimals:0 is not possible")]
    [InlineData("recover --model m --capture c --layer -1", "--layer -1 is not possible; choose a whole number, at least 0.")]
    [InlineData("recover --model m --capture c --timeout never", "--timeout never is not possible")]
    [InlineData("recover --model m --capture c --observe hidden", "--observe hidden is not possible; choose scores, attention, output, residual, attention+output.")]
    [InlineData("recover --model m --capture c --row-sums none", "--row-sums none is not possible; choose auto, softmax, sink, dropout.")]
    [InlineData("recover --model m --capture c --sequence -1", "--sequence -1 is not possible; choose a whole number, at least 0.")]
    [InlineData("invert --weights w --target b --observe attention+output", "choose scores, attention, output, residual.")]
    [InlineData("invert --weights w --target b --scale 0", "--scale 0 is not possible")]
    [InlineData("unravel", "unravel")]
    public void A_usage_error_ends_with_1_and_a_hint(string arguments, string message)
    {
        var run = CommandRun.Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error);
        Assert.Contains("--help", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo ")]
    [InlineData("recover ")]
    [InlineData("invert ")]
    [InlineData("explain ")]
    [InlineData("kernels ")]
    public void Every_command_explains_itself_with_examples(string command)
    {
        var run = CommandRun.Of($"{command}--help".Split(' '));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches("Examples?:\n  unmask", run.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_version_is_printed() => Assert.Matches(@"^\d+\.\d+\.\d+", CommandRun.Of("--version").Out);

    [Fact]
    public void Kernels_are_listed()
    {
        Assert.Contains("64  128", CommandRun.Of("kernels").Out);
        using var json = JsonDocument.Parse(CommandRun.Of("kernels", "--json", "-").Out);
        Assert.Equal(Unmask.Kernels.KernelTable.BuiltIn.Sizes.Count(), json.RootElement.GetProperty("sizes").GetArrayLength());
    }
}
