using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Padding before or after the text is cut off, and the text is read as if it had not been there.</summary>
public class PaddingTests
{
    private const int Tokens = 24;
    private const int Pads = 3;

    private static readonly Seq<Matrix> Heads =
        Pipeline.Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Head.Attention;

    /// <summary>What stands in the rows of padding tokens, by row and column.</summary>
    public static TheoryData<string> Fillings => ["uniform", "nan", "zero", "text"];

    [Theory]
    [MemberData(nameof(Fillings))]
    public void Before_the_text(string filling) => Cut(Padded(Heads, Pads, 0, filling), Pads);

    [Theory]
    [InlineData("text")]
    [InlineData("zero")]
    public void After_the_text(string filling) => Cut(Padded(Heads, 0, Pads, filling), 0);

    [Theory]
    [MemberData(nameof(Fillings))]
    public void Told_by_a_mask_whatever_the_maps_show(string filling)
    {
        // Half precision rounds small probabilities to zero: only the mask can tell.
        var half = Padded(Heads.Map(map => map.Map(p => (double)(Half)p)).Strict(), Pads, 2, filling);
        var mask = Saved.Tensor("attention_mask", [1, Pads + Tokens + 2], Enumerable.Range(0, Pads + Tokens + 2).Select(i => i is >= Pads and < Pads + Tokens ? 1.0 : 0), DType.I64);
        var capture = Saved.Load(Seq(Saved.Tensor("attentions.0", [8, 29, 29], half.SelectMany(map => map.Values.ToArray()), DType.F16), mask));
        Assert.Equal(new Kept(Pads, Tokens, Tokens + Pads + 2), capture.Kept);
        Assert.Equal(Heads.Map(map => map.Map(p => (double)(Half)p)), capture.Layers.Head.Attention);
    }

    [Fact]
    public void Nothing_is_cut_from_maps_that_could_have_been_rounded_to_zero() =>
        Assert.True(Saved.Load(Seq1(Saved.Tensor("attentions.0", [8, 27, 27], Padded(Heads, 0, Pads, "text").SelectMany(map => map.Values.ToArray()), DType.F16))).Kept.IsNone);

    [Fact]
    public void Saturated_and_uniform_heads_are_not_padding()
    {
        foreach (var heads in new[] { Seq1(Matrix.Identity(6)), Seq1(Matrix.Create(6, 6, (_, _) => 1.0 / 6)), Seq(Heads[0], Matrix.Identity(Tokens)) })
            Assert.True(Saved.Load(Seq1(Saved.Maps("attentions.0", heads))).Kept.IsNone);
    }

    // The same text three positions later, as a forward pass without position_ids numbers it.
    [Theory]
    [InlineData("attentions.0", false, Pads)]
    [InlineData("attentions.0", true, 0)]
    [InlineData("blocks.0.attn.hook_pattern", false, 0)]
    [InlineData("step0.attentions.0", false, 0)]
    public void Learned_positions_begin_where_the_model_counted_from(string name, bool withIds, int first)
    {
        var checkpoint = Pipeline.Load.Checkpoint(SamplePaths.Model("gpt2-basic")).Value();
        var layer = checkpoint.Layers[0];
        var ids = toSeq(Enumerable.Range(0, 12)).Map(i => 7 + 31 * i % 97).Strict();
        var vocabulary = checkpoint.Vocabulary.Map(all => all with
        {
            Positions = all.Positions.Map(table => Matrix.Create(table.Rows - first, table.Columns, (i, j) => table[i + first, j])),
        });
        var states = vocabulary.Map(all => TokenStates.Of(all, ids)).IfNone(() => Matrix.Identity(1));
        var maps = Padded(layer.Heads.Map(head => Forward.Attention(layer, head, states)).Strict(), Pads, 0, "uniform");
        var positions = Saved.Tensor("position_ids", [1, 15], Enumerable.Range(0, 15).Select(i => Math.Max(0.0, i - Pads)), DType.I64);
        var capture = Saved.Load(Seq1(Saved.Maps(name, maps)) + (withIds ? Seq1(positions) : Seq<NamedTensor>()));
        Assert.Equal(first, capture.FirstPosition);
        var problem = Normalise.Problem(checkpoint, capture).Value();
        Assert.Equal("gpt2-basic layer 0, tokens 3 to 14 of 15 without padding", problem.Name);
        Assert.Equal(ids, Invert.Auto(SolverOptions.Default)(problem).Value().Tokens.Map(reading => reading.Ids));
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 0, 0 }, "attention_mask hides every token")]
    [InlineData(new double[] { 1, 0, 1, 1 }, "attention_mask hides tokens between others")]
    [InlineData(new double[] { 1, 1, 1, 1, 0 }, "attention_mask has 5 entries for 4 tokens")]
    [InlineData(new double[] { 1, 2, 1, 1 }, "attention_mask must hold 0 and 1 only")]
    public void A_mask_that_makes_no_sense_is_refused(double[] mask, string rule)
    {
        var error = Assert.Single(Saved.Try(Seq(
            Saved.Map("attentions.0", Matrix.Create(4, 4, (_, _) => 0.25)), Saved.Tensor("attention_mask", [mask.Length], mask))).Errors());
        Assert.Contains(rule, error.Message);
        Assert.True(Faults.IsBadInput(error));
    }

    private static void Cut(Seq<Matrix> padded, int before)
    {
        var capture = Saved.Load(Seq1(Saved.Maps("attentions.0", padded, ones: 1)));
        Assert.Equal(new Kept(before, Tokens, Tokens + Pads), capture.Kept);
        Assert.Equal((before, Heads), (capture.FirstPosition, capture.Layers.Head.Attention));
    }

    private static Seq<Matrix> Padded(Seq<Matrix> heads, int before, int after, string filling) => heads.Map(map =>
    {
        var (n, all) = (map.Rows, map.Rows + before + after);
        return Matrix.Create(all, all, (i, j) => i >= before && i < before + n
            ? j >= before && j < before + n ? map[i - before, j - before] : 0
            : filling switch
            {
                "uniform" => 1.0 / all,
                "nan" => double.NaN,
                "text" => j >= before && j < before + n ? map[n - 1, j - before] : 0,
                _ => 0,
            });
    }).Strict();
}
