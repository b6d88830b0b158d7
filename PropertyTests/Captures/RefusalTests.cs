using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>What cannot be put together is refused by one sentence with file, tensor and rule.</summary>
public class RefusalTests
{
    private static readonly Matrix Uniform = Matrix.Create(4, 4, (_, _) => 0.25);

    private static readonly Seq<Matrix> Two = Seq(Uniform, Uniform);

    [Fact]
    public void Two_tensors_for_one_place()
    {
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Maps("blocks.0.attn.hook_pattern", Two)), 281, "attentions.0 is there more than once (attentions.0, blocks.0.attn.hook_pattern)");
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Map("attentions.0.head.1", Uniform)), 281, "more than once");
        Refused(Seq(Saved.Map("attentions.0.head.1", Uniform), Saved.Map("attn_0_head_1", Uniform)), 281, "more than once");
        Refused(Seq(NamedTensor.Of("attention_outputs.0", DType.F32, Uniform), NamedTensor.Of("blocks.0.attn.hook_z", DType.F32, Uniform)), 281, "attention_outputs.0 is there more than once");
    }

    [Fact]
    public void Steps_that_are_not_of_one_generation()
    {
        Refused(Seq(Saved.Maps("step0.attentions.0", Two, 1), Saved.Maps("step1.attentions.0", Saved.Rows(Two, 3, 1), 1)), 282, "holds a row that was there already");
        Refused(Seq(Saved.Maps("step0.attentions.0", Saved.Rows(Two, 0, 3), 1), Saved.Maps("step1.attentions.0", Seq1(Uniform), 1)), 282, "has 1 heads where step0.attentions.0 has 2");
        Refused(Seq(Saved.Map("attentions.0.head.1", Uniform), Saved.Map("attentions.0.head.2", Matrix.Identity(3))), 282, "does not hold the same rows as");
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Maps("scores.0", Seq(Matrix.Identity(3), Matrix.Identity(3)))), 282, "is not of the same heads and tokens as");
    }

    [Fact]
    public void Lists_that_do_not_fit()
    {
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Tensor("heads", [3], [0, 1, 2], DType.I64)), 284, "tensor heads must list 2 different heads");
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Tensor("heads", [2], [0, 0.5])), 284, "tensor heads must hold whole numbers");
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Tensor("rows", [2], [0, 1], DType.I64)), 284, "tensor rows must list 4 rows below 4");
        Refused(Seq(Saved.Maps("attentions.0", Two), Saved.Tensor("rows.0", [4], [0, 1, 2, 9], DType.I64)), 284, "those of attentions.0");
        Refused(Seq1(Saved.Maps("scores.0", Saved.Rows(Two, 2, 2))), 283, "tensor scores.0 holds 2 of 4 rows");
    }

    [Theory]
    [InlineData("attentions.0", new long[] { 2, 4, 3 })]
    [InlineData("attentions.0", new long[] { 0, 4, 4 })]
    [InlineData("attentions.0", new long[] { 0, 2, 4, 4 })]
    [InlineData("attentions.0", new long[] { 1, 1, 2, 4, 4 })]
    [InlineData("attentions", new long[] { 3, 0, 2, 4, 4 })]
    [InlineData("attentions.0.head.1", new long[] { 1, 2, 4, 4 })]
    [InlineData("attentions.0", new long[] { 2147483000, 0, 0 })]
    [InlineData("attentions", new long[] { 2147483000, 2, 0, 0 })]
    [InlineData("attentions.0", new long[] { 2147483000, 2, 0, 0 })]
    [InlineData("attentions.0", new long[0])]
    public void Shapes_that_are_no_maps(string name, long[] shape) =>
        Refused(Seq1(Saved.Tensor(name, shape, new double[shape.Aggregate(1L, (a, b) => a * b)])), 216, name);

    [Fact]
    public void One_map_for_many_heads_and_heads_that_are_not_there()
    {
        var stories = Pipeline.Load.Checkpoint(SamplePaths.Model("stories260k")).Value();
        foreach (var (capture, code, rule) in new[]
        {
            (Saved.Load(Seq1(Saved.Map("attentions.0", Matrix.Identity(4)))), 285, "tensor attentions.0 is one map but the layer has 8 heads; a mean over heads"),
            (Saved.Load(Seq1(Saved.Map("attentions.0.head.8", Matrix.Identity(4)))), 286, "tensor attentions.0.head.8 is of head 8 but the layer has only heads 0 to 7"),
            (Saved.Load(Seq1(Saved.Maps("attentions.0", Two))), 234, "a tensor heads beside it"),
        })
        {
            var error = Assert.Single(Normalise.Problem(stories, capture).Errors());
            Assert.Equal((code, true), (error.Code, error.Message.Contains(rule)));
        }
    }

    [Fact]
    public void A_page_without_maps()
    {
        foreach (var (page, code, rule) in new[]
        {
            ("<html><body>nothing</body></html>", 287, "no attention maps of BertViz are in it"),
            ("<script>params = {\"attention\": [{\"name\": \"Encoder\", \"attn\": [[[[1]]]]}, {\"name\": \"Cross\", \"attn\": [[[[1]]]]}]}</script>", 287, "none of its views shows all tokens"),
            ("<script>params = {\"attention\": 7}</script>", 287, "none of its views"),
            ("<script>params = {\"attention\": [{\"attn\": [[[[1], [1, 2]]]]}]}</script>", 214, "has rows of different lengths"),
            ("<script>params = {\"attention\": [{\"attn\": [[[[\"1\"]]]]}]}</script>", 214, "holds something that is no number"),
            ("<script>params = {\"attention\": [{\"attn\": [[]]}]}</script>", 214, "is not nested as"),
            ("<script>params = {\"attention\": [{\"attn\": [[[[NaN]]]]}]}</script>", 209, "not valid JSON"),
        })
        {
            var error = Assert.Single(Saved.TryPage(page).Errors());
            Assert.Equal((code, true, true), (error.Code, error.Message.Contains(rule), error.Message.Contains("view.html")));
        }
    }

    private static void Refused(Seq<NamedTensor> tensors, int code, string rule)
    {
        var error = Assert.Single(Saved.Try(tensors).Errors());
        Assert.Equal((code, true), (error.Code, error.Message.Contains(rule)));
        Assert.Contains("a.safetensors", error.Message);
    }
}
