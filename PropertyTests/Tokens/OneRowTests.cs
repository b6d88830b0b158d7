using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Without a mask, what one known token pays to all others names them: one row of every head, in half precision.</summary>
public class OneRowTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void TheRowOfTheClassTokenGivesTheText(string format)
    {
        if (!Sweep.IsFull) return;
        var precision = format switch { "f32" => Precision.Float32, "f16" => Precision.Float16, _ => Precision.BFloat16 };
        var whole = (
            from checkpoint in Load.Checkpoint(SamplePaths.Model("bert-mini-shakespeare"))
            from capture in Load.Capture(SamplePaths.Capture("bert-mini-n50.safetensors"))
            from problem in Normalise.Problem(checkpoint, capture, 0)
            select problem).Value();
        var ids = Load.Truth(SamplePaths.Capture("bert-mini-n50.truth.json")).Value().Ids.IfNone(Seq<int>());
        var row = whole with
        {
            Precision = precision,
            Zeros = Zeros.Missing,
            KnownTokens = Map((0, ids[0])),
            Observed = whole.Observed.Map(map => Matrix.Create(50, 50, (i, j) => i == 0 ? SyntheticLayer.Store(precision, map[i, j]) : 0)).Strict(),
        };
        var reading = TokenSearch.Solve(row, SolverOptions.Default).Value().Tokens.IfNone(() => throw new InvalidOperationException());
        var right = reading.Certificates.Count(c => c.Id == ids[c.Position]);
        output.WriteLine(FormattableString.Invariant($"| {format} | {right} of 50 | {reading.Certificates.Min(c => c.Margin):0.0} |"));
        Assert.Equal(50, right);
    }
}
