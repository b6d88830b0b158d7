using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Captures;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>A residual stream from a file to a verdict.</summary>
public class ResidualCaptureTests
{
    private static readonly SimulatedStreams Story = SimulatedStreams.Of("stories260k", "stories260k-n24", 10);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Tokens_are_read_at_any_layer(int layer)
    {
        var verdict = Recovered(Story, Invert.Auto(SolverOptions.Default), layer);
        Assert.Equal(VerdictKind.Recovered, verdict.Kind);
        Assert.Equal(Story.Truth.Ids, verdict.Estimate.Tokens.Map(reading => reading.Ids));
        // Single precision has 1e-7 of an entry of the stream: anything else is a wrong step.
        Assert.True(Compare.RelativeError(verdict.Estimate.States, Story.Truth.States[layer]) <= 1e-12);
        Assert.True(Compare.RelativeError(verdict.Estimate.Stream.IfNone(Story.Before(0)), Story.Before(layer)) <= 1e-12);
    }

    [Fact]
    public void A_text_that_says_something_else_is_not_confirmed()
    {
        // Every row of another layer: no token explains it.
        var problem = Story.Problem(1) with { Observed = Story.Problem(2).Observed };
        var verdict = Invert.Named("tokens", SolverOptions.Default).Bind(invert => invert(problem)).Bind(Verify.Against(problem)).Value();
        Assert.Equal(VerdictKind.NotConverged, verdict.Kind);
    }

    [Theory]
    [InlineData("stories260k", 2)]
    [InlineData("gpt2-basic", 0)]
    public void States_without_a_vocabulary_are_those_that_entered_as_far_as_the_verdict_says(string model, int layer)
    {
        var made = model == "stories260k" ? Story : SimulatedStreams.Of(model, "gpt2-basic-n64", 10);
        var verdict = Recovered(made, Invert.Named(ResidualStream, SolverOptions.Default).Value(), layer);
        Assert.Equal((VerdictKind.RecoveredUpToSymmetry, Symmetry.OtherSolutions), (verdict.Kind, verdict.Identifiability.Symmetry));
        var expected = verdict.Identifiability.Resolution.Map(resolution => resolution.Error).IfNone(1);
        // Ten tokens' errors, each predicted by its median.
        Assert.True(Compare.RelativeError(verdict.Estimate.Explaining, made.Before(layer)) <= 5 * expected);
        Assert.True(Compare.RelativeError(verdict.Estimate.States, made.Truth.States[layer]) <= 1e-6);
    }

    [Fact]
    public void A_second_solution_is_told_and_no_answer_behind_it_is_promised()
    {
        // Attention dominates the stream of this layer: 10 tokens, more than one state for some of them.
        var made = SimulatedStreams.Of("gpt2-basic", "gpt2-basic-n64", 10);
        var problem = made.Problem(1);
        var estimate = Solvers(problem);
        var verdict = Verify.Against(problem)(estimate).Value();
        Assert.False(estimate.Ambiguous.IsEmpty);
        Assert.Equal(VerdictKind.Partial, verdict.Kind);
        Assert.Contains("one of several", verdict.Identifiability.Reason);
    }

    [Fact]
    public void A_stream_without_its_means_is_the_same_text()
    {
        var made = SimulatedStreams.Of("gpt2-basic", "gpt2-basic-n64", 6);
        var centred = made with
        {
            Capture = made.Capture with
            {
                Layers = made.Capture.Layers.Map(layer => layer with { Residual = layer.Residual.Map(stream => stream.CentreRows().Map(value => (float)value)) }).Strict(),
            },
        };
        var verdict = Recovered(centred, Invert.Auto(SolverOptions.Default), 1);
        Assert.Equal((VerdictKind.Recovered, made.Truth.Ids), (verdict.Kind, verdict.Estimate.Tokens.Map(reading => reading.Ids)));
        Assert.True(Compare.RelativeError(verdict.Estimate.Explaining, made.Before(1).Transpose().CentreRows().Transpose()) <= 1e-12);
        Assert.False(made.Problem(1).Centred);
    }

    [Fact]
    public void It_is_read_under_the_name_of_TransformerLens_with_a_batch_axis_and_behind_maps()
    {
        using var folder = new TemporaryFolder();
        var stream = Story.Capture.Layers[1].Residual.IfNone(Story.Before(0));
        var map = Saved.Maps("blocks.1.attn.hook_pattern", Story.Checkpoint.Layers[1].Heads.Map(head => Forward.Attention(Story.Checkpoint.Layers[1], head, Story.Truth.States[1])).Strict(), ones: 1);
        TensorFile.Save(folder.File("lens.safetensors"), Seq(Saved.Tensor("blocks.1.hook_resid_mid", [1, stream.Rows, stream.Columns], stream.Values.ToArray()), map)).Value();
        var capture = Load.Capture(folder.File("lens.safetensors")).Value();
        Assert.Equal(Observation.Attention, Normalise.Problem(Story.Checkpoint, capture).Value().Observation);
        var problem = Normalise.Problem(Story.Checkpoint, capture, observe: Observation.Residual).Value();
        Assert.Equal((Observation.Residual, "f32"), (problem.Observation, problem.Precision.Name));
        Assert.Equal(stream, problem.Observed[0]);
    }

    [Fact]
    public void A_stream_behind_a_norm_is_refused_and_what_a_description_says_is_taken()
    {
        var bert = Load.Checkpoint(SamplePaths.Model("bert-mini-shakespeare")).Value();
        var capture = Saved.Load(Seq1(Saved.Map("residual_streams.0", Matrix.Create(5, 96, (i, c) => i + 0.1 * c))));
        Assert.Equal(291, Normalise.Problem(bert, capture).Errors().Single().Code);

        var described = bert with { Layers = bert.Layers.Map(layer => layer with { OutputProjection = Matrix.Identity(96) }).Strict() };
        Assert.Equal(new Norm.Identity(), Normalise.Problem(described, capture).Value().Layer.StreamNorm);
        Assert.Equal(216, Normalise.Problem(described, Saved.Load(Seq1(Saved.Map("residual_streams.0", Matrix.Identity(5))))).Errors().Single().Code);
    }

    private const string ResidualStream = "residual-stream";

    private static Estimate Solvers(Problem problem) => Invert.Named(ResidualStream, SolverOptions.Default).Value()(problem).Value();

    // Through a file, as a user's capture comes.
    private static Verdict Recovered(SimulatedStreams made, Func<Problem, Fin<Estimate>> invert, int layer)
    {
        using var folder = new TemporaryFolder();
        Save.Streams(folder.File("streams.safetensors"), made.Capture).Value();
        return Recover.From(made.Checkpoint, Selection.Default with { Layer = layer }, invert)(folder.File("streams.safetensors")).Value().Verdict;
    }
}
