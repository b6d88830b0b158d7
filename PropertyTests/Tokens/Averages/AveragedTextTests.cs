using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Tokens.Averages;

/// <summary>New texts of a real model, heads averaged: what is wrong is never sure. Many texts on request, one otherwise.</summary>
public class AveragedTextTests(ITestOutputHelper output)
{
    // The margin from which a verdict calls a token recovered.
    private const double Sure = 10;

    private const int Length = 48;

    [Theory]
    [InlineData("walk", "f32", 21)]
    [InlineData("walk", "f16", 10)]
    [InlineData("walk", "bf16", 5)]
    [InlineData("walk", "decimals:3", 10)]
    [InlineData("walk", "decimals:2", 3)]
    [InlineData("any", "f32", 21)]
    [InlineData("any", "f16", 3)]
    public void No_wrong_token_is_sure(string kind, string format, int many)
    {
        var texts = new SampleTexts("stories260k");
        var (right, sure, surelyWrong, worst, count) = (0, 0, 0, 0.0, Sweep.IsFull ? many : 1);
        for (var seed = 0; seed < count; seed++)
        {
            var text = kind == "any" ? texts.Uniform(seed, Length) : texts.Walk(seed, Length);
            var problem = texts.Observe(text, Precision.Float64).Averaged(Formats[format]);
            var estimate = TokenSearch.Solve(problem, SolverOptions.Default).Value();
            foreach (var certificate in estimate.Tokens.Map(reading => reading.Certificates).IfNone(LanguageExt.Seq<Certificate>.Empty))
            {
                var isRight = certificate.Id == text[certificate.Position];
                right += isRight ? 1 : 0;
                sure += certificate.Margin >= Sure ? 1 : 0;
                surelyWrong += !isRight && certificate.Margin >= Sure ? 1 : 0;
                if (!isRight) worst = Math.Max(worst, certificate.Margin);
            }
        }

        output.WriteLine(FormattableString.Invariant($"| {kind} | {format} | {right} of {count * Length} | {sure} | {surelyWrong} | {worst:0.##} |"));
        Assert.Equal(0, surelyWrong);
    }

    private static Dictionary<string, Precision> Formats { get; } = new[]
    {
        Precision.Float32, Precision.Float16, Precision.BFloat16, Precision.Decimals(3), Precision.Decimals(2),
    }.ToDictionary(precision => precision.Name);
}
