using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests;

public class ReadmeTests
{
    private const string Model = "stories260k";
    private const string Capture = "stories260k-n24.safetensors";

    [Fact]
    public void The_code_of_the_readme_is_the_code_that_compiles()
    {
        var code = File.ReadAllText(SamplePaths.Repository("PropertyTests/ReadmeSnippet.cs")).Split('\n').Skip(1);
        Assert.Contains(string.Join('\n', code), File.ReadAllText(SamplePaths.Repository("README.md")));
    }

    [Fact]
    public void It_reads_the_sample() => Assert.Equal(
        "Recovered: Once upon a time, there was a little boy named Timmy. Timmy loved to play outs",
        Snippet.Read(SamplePaths.Model(Model), SamplePaths.Capture(Capture)).Value());

    [Fact]
    public void Composed_functions_are_the_same_pipeline()
    {
        var invert = Invert.Auto(SolverOptions.Default);
        var written = Recover.Model(SamplePaths.Model(Model), SamplePaths.Capture(Capture), Selection.Default, invert).Value();
        var composed = Recover.From(Load.Checkpoint(SamplePaths.Model(Model)).Value(), Selection.Default, invert)(SamplePaths.Capture(Capture)).Value();
        Assert.Equal(written.Verdict.Estimate.Tokens, composed.Verdict.Estimate.Tokens);
        Assert.Equal(written.Verdict.Residual, composed.Verdict.Residual);
    }
}
