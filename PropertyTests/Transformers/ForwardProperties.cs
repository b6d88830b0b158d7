using FsCheck.Xunit;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using Xunit;

namespace Unmask.PropertyTests.Transformers;

/// <summary>Models of any make: products of whole batches against plain loops, and prefixes against whole sequences.</summary>
public class ForwardProperties
{
    // Norms of narrow rows enlarge a rounding: where all entries of a row agree, there is nothing but rounding to enlarge.
    private const double Tolerance = 1e-8;

    [Property(MaxTest = 150)]
    public void Whole_sequences_pass_as_plain_loops_have_it(int seed, bool causal)
    {
        var draw = new RandomModel(seed);
        var model = draw.Draw(causal ? Mask.Causal : Mask.None);
        var stream = draw.Matrix(model.D, 1 + (seed & 7));
        var states = States.At(model, stream, 2);
        var plain = PlainForward.States(model, [.. Enumerable.Range(0, stream.Columns).Select(i => stream.Transpose().Row(i).ToArray())]);
        Near(Matrix.Create(model.D, stream.Columns, (c, i) => plain[i][c]), states);
    }

    [Property(MaxTest = 150)]
    public void Prefixes_end_where_whole_sequences_do(int seed, byte length)
    {
        var draw = new RandomModel(seed);
        var model = draw.Draw(Mask.Causal);
        var stream = draw.Matrix(model.D, 1 + length % 9);
        var rows = stream.Transpose();
        var prefix = Enumerable.Range(0, stream.Columns - 1).Aggregate(
            Prefix.Of(model, 2).Value(), (sofar, i) => sofar.Extend(Matrix.Of(1, model.D, rows.Row(i))).Take(0));

        // The true last token among others.
        var candidates = Matrix.Create(11, model.D, (k, c) => k == 6 ? stream[c, stream.Columns - 1] : Math.Sin(k + c));
        var extension = prefix.Extend(candidates);
        var whole = States.At(model, stream, 2);
        Near(whole, extension.Take(6).States);
        Near(Matrix.Create(1, model.D, (_, c) => whole[c, stream.Columns - 1]), Matrix.Of(1, model.D, extension.States.Row(6)));
        foreach (var (head, scores) in model.Blocks[2].Attention.Heads.Zip(extension.Scores))
            Near(Row(Forward.Scores(model.Blocks[2].Attention, head, whole), stream.Columns - 1), Row(scores, 6));
    }

    // Scores far beyond what e^x can hold: the first token attends to itself alone, whatever its score.
    [Fact]
    public void Large_scores_overflow_nowhere()
    {
        var model = new RandomModel(3).Draw(Mask.Causal);
        var loud = model with { Blocks = model.Blocks.Map(block => block with { Attention = block.Attention with { Scale = 1e4 } }).Strict() };
        var stream = new RandomModel(4).Matrix(model.D, 6);
        var rows = stream.Transpose();
        var prefix = Enumerable.Range(0, 6).Aggregate(
            Prefix.Of(loud, 2).Value(), (sofar, i) => sofar.Extend(Matrix.Of(1, model.D, rows.Row(i))).Take(0));
        Assert.True(prefix.States.AllFinite());
        Near(States.At(loud, stream, 2), prefix.States);
    }

    // What a window hides is −∞ on both sides.
    private static Matrix Row(Matrix scores, int row) =>
        Matrix.Create(1, scores.Columns, (_, j) => double.IsNegativeInfinity(scores[row, j]) ? 0 : scores[row, j]);

    private static void Near(Matrix expected, Matrix actual)
    {
        Assert.True(expected.AllFinite());
        Assert.True((expected - actual).MaxNorm() <= Tolerance * Math.Max(1, expected.MaxNorm()));
    }
}
