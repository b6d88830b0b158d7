using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>The same maps under every name and in every shape are the same capture.</summary>
public class NamesAndShapesTests
{
    private static readonly Seq<Seq<Matrix>> Layers =
        Pipeline.Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Map(layer => layer.Attention).Strict();

    [Theory]
    [InlineData("attentions.{0}")]
    [InlineData("attentions_{0}")]
    [InlineData("attention.{0}")]
    [InlineData("attn_{0}")]
    [InlineData("layer_{0}")]
    [InlineData("layer.{0}")]
    [InlineData("{0}")]
    [InlineData("arr_{0}")]
    [InlineData("blocks.{0}.attn.hook_pattern")]
    public void One_tensor_a_layer_with_and_without_a_batch(string name)
    {
        foreach (var (file, ones) in new[] { ("a.safetensors", 0), ("a.safetensors", 1), ("a.npz", 0), ("a.npz", 1) })
            Same(Saved.Load(Each((layer, heads) => Seq1(Saved.Maps(string.Format(name, layer), heads, ones))), file));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void All_layers_in_one_tensor(int ones)
    {
        var (heads, n) = (Layers.Head.Count, Layers.Head.Head.Rows);
        long[] shape = [Layers.Count, .. Enumerable.Repeat(1L, ones), heads, n, n];
        var values = Layers.SelectMany(layer => layer.SelectMany(map => map.Values.ToArray()));
        foreach (var file in new[] { "attentions.npy", "maps.npy", "a.npz", "a.safetensors" }) Same(Saved.Load(Seq1(Saved.Tensor("attentions", shape, values)), file));
    }

    [Fact]
    public void One_map_in_an_npy_file()
    {
        var capture = Saved.Load(Seq1(Saved.Map("x", Layers[3][2])), "attn_3.npy");
        Assert.Equal((3, Layers[3][2]), (capture.Layers.Head.Layer, Assert.Single(capture.Layers.Head.Attention)));
        Assert.Equal(0, Saved.Load(Seq1(Saved.Map("x", Layers[3][2])), "anything.npy").Layers.Head.Layer);
    }

    [Theory]
    [InlineData("attentions.{0}.head.{1}")]
    [InlineData("attentions_{0}_head_{1}")]
    [InlineData("blocks.{0}.attn.hook_pattern.head{1}")]
    [InlineData("attentions.{0}.{1}")]
    public void One_tensor_a_head(string name)
    {
        // In any order: names say where they belong.
        var capture = Saved.Load(Each((layer, heads) => toSeq(heads.Select((map, head) => Saved.Map(string.Format(name, layer, head), map))).Rev()));
        Same(capture);
        Assert.All(capture.Layers, layer => Assert.Equal(toSeq(Enumerable.Range(0, 8)), layer.Heads));
    }

    [Theory]
    [InlineData("step{0}.attentions.{1}")]
    [InlineData("step_{0}.attentions_{1}")]
    [InlineData("attentions.{0}.{1}")]
    [InlineData("step{0}/layer_{1}")]
    public void Steps_of_a_generation_make_one_causal_map(string name)
    {
        foreach (var prompt in new[] { 1, 5, 23 })
        {
            var capture = Saved.Load(Each((layer, heads) => Saved.Steps(heads, prompt, step => string.Format(name, step, layer))), "a.npz");
            Same(capture);
            Assert.All(capture.Layers, layer => Assert.Empty(layer.Absent));
        }
    }

    [Fact]
    public void Scores_and_outputs_of_TransformerLens_stand_beside_its_patterns()
    {
        var output = Matrix.Create(24, 64, (i, c) => i - c / 7.0);
        var scores = Layers[0].Map(map => map.Map(p => (float)Math.Log(p))).Strict();
        var layer = Saved.Load(Seq(
            Saved.Maps("blocks.0.attn.hook_pattern", Layers[0], 1),
            Saved.Maps("blocks.0.attn.hook_attn_scores", scores, 1),
            Saved.Tensor("blocks.0.attn.hook_z", [1, 24, 8, 8], output.Values.ToArray(), DType.F64),
            Saved.Tensor("blocks.0.attn.hook_q", [1, 24, 8, 8], output.Values.ToArray()))).Layers.Head;
        Assert.Equal((Layers[0], scores, output), (layer.Attention, layer.Scores, layer.Output.IfNone(Matrix.Identity(1))));
    }

    [Fact]
    public void A_page_of_BertViz_holds_the_maps_as_printed()
    {
        var capture = Saved.LoadPage(Saved.Page(Layers, 4));
        Assert.Equal((5, "decimals:4"), (capture.Layers.Count, capture.Precision.Name));
        foreach (var (seen, layer) in capture.Layers.Zip(Layers))
            Assert.Equal(layer.Map(map => map.Map(p => Math.Round(p, 4))), seen.Attention);
    }

    [Theory]
    [InlineData("{\"attention\": {\"all\": {\"attn\": ", "}}}", 0)]
    [InlineData("{ \"attention\":[{\"name\":\"Sentence A -> Sentence A\",\"attn\":[[[[1]]]]},{\"name\":\"All\",\"attn\":", "}]}", 0)]
    [InlineData("{\"attention\": [{\"name\": null, \"attn\": ", "}], \"include_layers\": [3]}", 3)]
    public void Other_versions_of_its_pages_are_read(string before, string after, int layer)
    {
        var page = "<html>this \"attention\" is none of it</html>" + Saved.Page(Layers.Take(1), 6, before, after);
        var captured = Assert.Single(Saved.LoadPage(page).Layers);
        Assert.Equal((layer, 8, 24), (captured.Layer, captured.Attention.Count, captured.Attention.Head.Rows));
    }

    private static Seq<NamedTensor> Each(Func<int, Seq<Matrix>, Seq<NamedTensor>> tensors) => toSeq(Layers.Select((heads, layer) => tensors(layer, heads))).Bind(identity).Strict();

    private static void Same(Capture capture)
    {
        Assert.Equal(toSeq(Enumerable.Range(0, 5)), capture.Layers.Map(layer => layer.Layer));
        Assert.Equal(Layers, capture.Layers.Map(layer => layer.Attention));
        Assert.Equal((true, 0, "f32"), (capture.Kept.IsNone, capture.FirstPosition, capture.Precision.Name));
    }
}
