using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.PropertyTests.Captures;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens.Averages;

/// <summary>A mean is taken for one where it is said to be, and nowhere else.</summary>
public class AveragedRefusalTests
{
    private const string Rule = "a mean over heads is read by tokens alone, at layer 0 of a causal model with a vocabulary";

    private static readonly Selection Said = Selection.Default with { Averaged = true };

    [Theory]
    [InlineData("attentions.0.mean")]
    [InlineData("attentions_0_averaged")]
    [InlineData("attn.0.avg")]
    [InlineData("mean_attentions.0")]
    [InlineData("attentions_mean.0")]
    [InlineData("attentions_mean")]
    [InlineData("layer.0.average")]
    [InlineData("blocks.0.attn.hook_pattern.mean")]
    public void Names_say_so_with_and_without_a_batch(string name)
    {
        var mean = Mean("stories260k-n24", 0);
        foreach (var tensor in new[] { Saved.Map(name, mean), Saved.Maps(name, Seq1(mean)) })
        {
            var problem = Normalise.Problem(Stories, Saved.Load(Seq1(tensor))).Value();
            Assert.Equal((true, 1, 8), (problem.Averaged, problem.Observed.Count, problem.Layer.Heads.Count));
        }
    }

    [Fact]
    public void An_option_says_so_and_silence_does_not()
    {
        foreach (var tensor in new[] { Saved.Map("attentions.0", Mean("stories260k-n24", 0)), Saved.Maps("0", Seq1(Mean("stories260k-n24", 0)), 1) })
        {
            Assert.True(Normalise.Problem(Stories, Saved.Load(Seq1(tensor)), Said).Value().Averaged);
            Refused(Normalise.Problem(Stories, Saved.Load(Seq1(tensor))), 285, "--averaged");
        }
    }

    [Fact]
    public void All_layers_in_one_tensor()
    {
        var n = 24;
        var values = Enumerable.Range(0, 5).SelectMany(layer => Mean("stories260k-n24", layer).Values.ToArray());
        var capture = Saved.Load(Seq1(Saved.Tensor("attentions_mean", [5, n, n], values)));
        Assert.Equal(5, capture.Layers.Count);
        Assert.True(Normalise.Problem(Stories, capture).Value().Averaged);
        Refused(Normalise.Problem(Stories, capture, new Selection(2, None, None)), 289, "of layer 2");
    }

    [Fact]
    public void What_is_no_mean_or_none_that_can_be_read()
    {
        var stories = Saved.Load(Seq1(Saved.Map("attentions.0", Mean("stories260k-n24", 0))));
        var maps = Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value();
        var bert = Load.Checkpoint(SamplePaths.Model("bert-tiny-sst2")).Value();
        var pairs = Saved.Load(Seq1(Saved.Map("attentions.0.mean", Mean("bert-tiny-n17", 0))));
        Refused(Normalise.Problem(Stories, maps, Said), 289, "but holds 8 maps");
        Refused(Normalise.Problem(bert, pairs), 289, "without a causal mask");
        Refused(Normalise.Problem(Stories, stories, Said with { RowSums = RowSums.Sink }), 289, "took unknown shares");
        Refused(Normalise.Problem(Stories, Saved.Load(Seq1(Saved.Map("scores.0", Matrix.Identity(4)))), Said), 289, "but not of attention");
    }

    [Fact]
    public void Of_one_head_it_is_the_map()
    {
        var nano = Load.Checkpoint(SamplePaths.Model("stories260k")).Value();
        var one = nano with { Layers = nano.Layers.Map(layer => layer with { Heads = layer.Heads.Take(1).Strict() }).Strict() };
        var map = Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Head.Attention.Head;
        Assert.False(Normalise.Problem(one, Saved.Load(Seq1(Saved.Map("attentions.0.mean", map)))).Value().Averaged);
    }

    [Fact]
    public void No_other_solver_takes_it()
    {
        var problem = Normalise.Problem(Stories, Saved.Load(Seq1(Saved.Map("attentions.0", Mean("stories260k-n24", 0)))), Said).Value();
        foreach (var (name, solver) in Invert.Solvers.Filter(known => known.Name != "tokens"))
        {
            var error = Assert.Single(solver(problem, SolverOptions.Default).Errors());
            Assert.Equal((110, $"The {name} solver does not apply: {Rule}."), (error.Code, error.Message));
        }
    }

    [Fact]
    public void Nor_does_one_that_is_asked_without_the_list()
    {
        var problem = Normalise.Problem(Stories, Saved.Load(Seq1(Saved.Map("attentions.0", Mean("stories260k-n24", 0)))), Said).Value();
        Assert.Contains(Rule, Assert.Single(Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Errors()).Message);
    }

    private static Checkpoint Stories => Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static Matrix Mean(string capture, int layer) =>
        MeanMaps.Of(Load.Capture(SamplePaths.Capture($"{capture}.safetensors")).Value().Layers[layer].Attention);

    private static void Refused(Fin<Problem> result, int code, string rule)
    {
        var error = Assert.Single(result.Errors());
        Assert.Equal(code, error.Code);
        Assert.Contains(rule, error.Message);
    }
}
