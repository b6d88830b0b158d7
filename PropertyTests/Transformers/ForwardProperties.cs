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
        for (var c = 0; c < model.D; c++) Assert.Equal(whole[c, stream.Columns - 1], extension.States[6, c], Tolerance);
        foreach (var (head, scores) in model.Blocks[2].Attention.Heads.Zip(extension.Scores))
            for (var j = 0; j < stream.Columns; j++)
                Assert.Equal(Forward.Scores(model.Blocks[2].Attention, head, whole)[stream.Columns - 1, j], scores[6, j], Tolerance);
    }

    private static void Near(Matrix expected, Matrix actual)
    {
        for (var i = 0; i < expected.Rows; i++)
            for (var j = 0; j < expected.Columns; j++) Assert.Equal(expected[i, j], actual[i, j], Tolerance);
    }
}
