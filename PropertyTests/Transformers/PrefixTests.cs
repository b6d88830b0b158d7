using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using Xunit;

namespace Unmask.PropertyTests.Transformers;

/// <summary>Sequences built token by token are the sequences run whole.</summary>
public class PrefixTests
{
    // Both in double; sums over a prefix are formed in another order than over a whole row.
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData("stories260k", "stories260k-n24", 0)]
    [InlineData("stories260k", "stories260k-n24", 1)]
    [InlineData("stories260k", "stories260k-n24", 4)]
    [InlineData("gpt2-basic", "gpt2-basic-n64", 1)]
    [InlineData("nano-sort", "nano-sort-recorded-0", 2)]
    public void A_sequence_built_token_by_token_is_the_one_run_whole(string model, string capture, int layer)
    {
        var sample = Sample.Of(model, capture);
        var ids = sample.Truth.Ids.IfNone(default(Seq<int>));
        var whole = States.At(sample.Transformer, States.Stream(sample.Transformer, ids).Value(), layer);
        var built = ids.Fold(Prefix.Of(sample.Transformer, layer).Value(), (prefix, id) => prefix.Extend([id]).Take(0));
        Assert.Equal(ids.Count, built.Length);
        Assert.True((built.States - whole).MaxNorm() < Tolerance);
    }

    [Theory]
    [InlineData("stories260k", 3, 0)]
    [InlineData("stories260k", 3, 5)]
    [InlineData("gpt2-basic", 1, 9)]
    public void Every_candidate_gets_the_state_and_the_scores_it_would_have_as_the_last_token(string model, int layer, int before)
    {
        var sample = Sample.Of(model, model == "gpt2-basic" ? "gpt2-basic-n64" : "stories260k-n24");
        var ids = sample.Truth.Ids.IfNone(default(Seq<int>)).Take(before);
        var prefix = ids.Fold(Prefix.Of(sample.Transformer, layer).Value(), (sofar, id) => sofar.Extend([id]).Take(0));
        var candidates = Enumerable.Range(0, 300).ToArray();
        var extension = prefix.Extend(candidates);
        foreach (var candidate in new[] { 0, 3, 131, 299 })
        {
            var whole = States.At(sample.Transformer, States.Stream(sample.Transformer, ids.Add(candidate)).Value(), layer);
            var attention = sample.Checkpoint.Layers[layer];
            for (var c = 0; c < whole.Rows; c++) Assert.Equal(whole[c, before], extension.States[candidate, c], Tolerance);
            foreach (var (head, scores) in attention.Heads.Zip(extension.Scores))
            {
                Assert.Equal((300, before + 1), (scores.Rows, scores.Columns));
                var expected = Forward.Scores(attention, head, whole);
                for (var j = 0; j <= before; j++) Assert.Equal(expected[before, j], scores[candidate, j], 1e-11);
            }

            Assert.True((extension.Take(candidate).States - whole).MaxNorm() < Tolerance);
        }

        Assert.Equal(before, prefix.Length);
    }

    [Fact]
    public void No_bit_depends_on_threads()
    {
        var model = Load.Checkpoint(SamplePaths.Model("gpt2-basic")).Value().Transformer.Value();
        var candidates = Enumerable.Range(0, 500).ToArray();
        var states = new[] { 1, 2, 3 }.Select(threads => Prefix.Of(model, 1, threads).Value().Extend([7]).Take(0).Extend(candidates).States).ToArray();
        Assert.All(states, one => Assert.Equal(states[0], one));
    }

    [Fact]
    public void A_window_hides_what_is_too_far_back()
    {
        var sample = Sample.Of("stories260k", "stories260k-n24");
        var blocks = sample.Transformer.Blocks.Map(block => block with { Attention = block.Attention with { Window = 4 } }).Strict();
        var (model, ids) = (sample.Transformer with { Blocks = blocks }, sample.Truth.Ids.IfNone(default(Seq<int>)));
        var whole = States.At(model, States.Stream(model, ids).Value(), 2);
        var built = ids.Fold(Prefix.Of(model, 2).Value(), (prefix, id) => prefix.Extend([id]).Take(0));
        Assert.True((built.States - whole).MaxNorm() < Tolerance);
        var scores = built.Extend([1]).Scores[0];
        for (var j = 0; j <= ids.Count; j++) Assert.Equal(j > ids.Count - 4, double.IsFinite(scores[0, j]));
    }

    [Fact]
    public void A_model_that_looks_ahead_and_a_layer_that_is_not_there_are_refused()
    {
        Assert.Equal(263, Prefix.Of(Sample.Of("bert-mini-shakespeare", "bert-mini-n50").Transformer, 0).Errors()[0].Code);
        Assert.Equal(264, Prefix.Of(Sample.Of("nano-sort", "nano-sort-recorded-0").Transformer, 3).Errors()[0].Code);
    }

    [Fact]
    public void Tokens_that_are_not_the_models_are_refused_all_at_once()
    {
        var model = Sample.Of("nano-sort", "nano-sort-recorded-0").Transformer;
        Assert.Equal([261, 261], States.Stream(model, Prelude.Seq(0, 3, 2, -1)).Errors().Select(error => error.Code));
        Assert.Equal(262, States.Stream(model, Prelude.toSeq(new int[12])).Errors()[0].Code);
        Assert.Equal(260, States.Stream(Sample.Of("kwt1", "kwt1-yes").Transformer, Prelude.Seq1(0)).Errors()[0].Code);
    }
}
