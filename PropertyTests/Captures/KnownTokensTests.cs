using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Cli;
using Unmask.PropertyTests.Closed;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Tokens that the user knows: held fixed where tokens are searched for, columns of X where states are.</summary>
public class KnownTokensTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void OneTokenFixesTheTorusOfOneHead(int position)
    {
        var (d, n, random) = (6, 10, new Random(3));
        var layer = new AttentionLayer(0, d, Seq1(Head.OfProduct((1 / Math.Sqrt(d)) * Draw.Gaussian(random, d, d))), Mask.None, 1 / Math.Sqrt(d), None);
        var vocabulary = new Vocabulary(Draw.Gaussian(random, 40, d), Draw.Gaussian(random, n, d), new Norm.Identity());
        var ids = toSeq(Enumerable.Range(0, n).Select(_ => random.Next(40)).ToArray());
        var x = TokenStates.Of(vocabulary, ids);
        var problem = Draw.Problem(layer, x, Observation.Attention) with { Vocabulary = vocabulary };
        var checkpoint = new Checkpoint("drawn", "drawn", "none", d, Seq1(layer), vocabulary, None);
        var told = Normalise.Knowing(checkpoint, Seq1((position, $"{ids[position]}")))(problem).Value();
        Assert.Equal((VerdictKind.RecoveredUpToSymmetry, Symmetry.Torus(3)), Short(problem));
        Assert.Equal((VerdictKind.Recovered, Symmetry.Unique), Short(told));
        Assert.True(Compare.RelativeError(Solved(told).Estimate.States, x) <= 1e-6);
    }

    [Fact]
    public void ATokenOfASampleIsAColumnOfItsStates()
    {
        var (model, truth) = (SamplePaths.Model("bert-mini-shakespeare"), Load.Truth(SamplePaths.Capture("bert-mini-n50.truth.json")).Value());
        var (checkpoint, problem) = Recover.Question(model, SamplePaths.Capture("bert-mini-n50.safetensors"), Selection.Default).Value();
        var ids = truth.Ids.IfNone(() => throw new InvalidOperationException("no ids"));
        var told = Normalise.Knowing(checkpoint, Seq((0, "[CLS]"), (7, $"{ids[7]}")))(problem).Value();
        Assert.Equal(Map((0, ids[0]), (7, ids[7])), told.KnownTokens);
        foreach (var (position, column) in told.Known.Pairs)
            Assert.All(column.Map((c, value) => Math.Abs(value - truth.States[0][c, position])), off => Assert.True(off <= 1e-5));
        // The column settles the reflection, and no norm is asked.
        var verdict = Invert.Named("subspace", SolverOptions.Default).Bind(invert => invert(told)).Bind(Verify.Against(told)).Value();
        Assert.Equal((VerdictKind.Recovered, false), (verdict.Kind, verdict.Identifiability.Reason.Contains("norm before")));
    }

    [Fact]
    public void AboveTheFirstLayerATokenAsksForAModelThatRunsForward()
    {
        var (checkpoint, problem) = Recover.Question(
            SamplePaths.Model("bert-mini-shakespeare"), SamplePaths.Capture("bert-mini-n50.safetensors"), Selection.Default with { Layer = 1 }).Value();
        var know = Normalise.Knowing(checkpoint, Seq1((0, "[CLS]")));
        Assert.Equal(Map((0, 2)), know(problem).Value().KnownTokens);
        Assert.Equal(270, know(problem with { Model = None }).Match(Succ: _ => 0, Fail: error => error.Code));
    }

    [Theory]
    [InlineData(false, 0, "recovered")]
    [InlineData(true, 3, "not-converged")]
    public void ATokenIsHeldFixedAndAWrongOneExplainsNothing(bool wrong, int code, string verdict)
    {
        var ids = Load.Truth(SamplePaths.Capture("nano-sort-recorded-0.truth.json")).Value().Ids.IfNone(Seq<int>());
        var run = CommandRun.Recover("nano-sort", "nano-sort-recorded-0", "--token", $"2={(wrong ? (ids[2] + 1) % 3 : ids[2])}", "--json", "-");
        using var json = System.Text.Json.JsonDocument.Parse(run.Out);
        Assert.Equal((code, verdict), (run.ExitCode, json.RootElement.GetProperty("verdict").GetString()));
    }

    [Theory]
    [InlineData("stories260k", "stories260k-n24", "24=1", "position 24, but there are 24 tokens")]
    [InlineData("stories260k", "stories260k-n24", "0=512", "Token 512 at position 0 is not in the vocabulary of 512")]
    [InlineData("stories260k", "stories260k-n24", "0=Once", "no token of the vocabulary is written Once")]
    [InlineData("kwt1", "kwt1-yes", "0=1", "the model has no vocabulary")]
    public void WhatCannotBeKnownIsSaidInOneSentence(string model, string capture, string token, string message)
    {
        var run = CommandRun.Recover(model, capture, "--token", token);
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--token", "0")]
    [InlineData("--token", "=1")]
    [InlineData("--token", "-1=1")]
    [InlineData("--token", "0=")]
    [InlineData("--token", "0=1", "--token", "0=2")]
    public void WhatIsNoPositionAndTokenIsAUsageError(params string[] options)
    {
        var run = CommandRun.Of(["recover", "--model", "m", "--capture", "c", .. options]);
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains("is not possible; choose", run.Error);
    }

    private static (VerdictKind, Symmetry) Short(Problem problem)
    {
        var verdict = Solved(problem);
        return (verdict.Kind, verdict.Identifiability.Symmetry);
    }

    private static Verdict Solved(Problem problem) =>
        Invert.Named("congruence", SolverOptions.Default).Bind(invert => invert(problem)).Bind(Verify.Against(problem)).Value();
}
