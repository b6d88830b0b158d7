using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Some heads, some rows, some sequences, an output beside: what of a layer was captured is what its problem is about.</summary>
public class PartsTests
{
    private static readonly Checkpoint Stories = Pipeline.Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static readonly Checkpoint Nano = Pipeline.Load.Checkpoint(SamplePaths.Model("nano-sort")).Value();

    private static readonly Seq<Matrix> Heads =
        Pipeline.Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Head.Attention;

    private static readonly Seq<int> Ids = Pipeline.Load.Truth(SamplePaths.Capture("stories260k-n24.truth.json")).Value().Ids.IfNone(Seq<int>());

    [Fact]
    public void A_layer_is_restricted_to_the_heads_that_were_captured()
    {
        var whole = Stories.Layers[0];
        foreach (var tensors in new[]
        {
            Seq(Saved.Map("attentions.0.head.5", Heads[5]), Saved.Map("attentions.0.head.2", Heads[2])),
            Seq(Saved.Maps("attentions.0", Seq(Heads[2], Heads[5])), Saved.Tensor("heads", [2], [2, 5], DType.I64)),
            Seq(Saved.Maps("attentions.0", Seq(Heads[2], Heads[5])), Saved.Tensor("heads.0", [2], [2, 5], DType.I32)),
        })
        {
            var problem = Normalise.Problem(Stories, Saved.Load(tensors)).Value();
            Assert.Equal((Seq(Heads[2], Heads[5]), Seq(whole.Heads[2], whole.Heads[5])), (problem.Observed, problem.Layer.Heads));
            Assert.Equal((64, 16), problem.Layer.Value.Map(value => (value.Rows, value.Columns)));
            Assert.Equal(whole.Value.Map(value => value[7, 5 * 8 + 3]), problem.Layer.Value.Map(value => value[7, 8 + 3]));
        }
    }

    [Fact]
    public void Metadata_may_list_them_too()
    {
        using var folder = new TemporaryFolder();
        TensorFile.Save(folder.File("a.safetensors"), Seq1(Saved.Maps("attentions.0", Seq(Heads[2], Heads[5])))).Value();
        foreach (var (list, heads) in new[] { ("2,5", Seq(2, 5)), ("[2, 5]", Seq(2, 5)), ("two", Seq<int>()) })
        {
            var bytes = File.ReadAllBytes(folder.File("a.safetensors"));
            var header = System.Text.Encoding.UTF8.GetString(bytes, 8, (int)BitConverter.ToInt64(bytes));
            var json = System.Text.Encoding.UTF8.GetBytes($$"""{"__metadata__":{"heads":"{{list}}","format":"pt"},""" + header[1..]);
            File.WriteAllBytes(folder.File("b.safetensors"), [.. BitConverter.GetBytes((long)json.Length), .. json, .. bytes.AsSpan(8 + header.Length)]);
            var capture = Pipeline.Load.Capture(folder.File("b.safetensors"));
            if (heads.IsEmpty) Assert.Contains("heads must list whole numbers", Assert.Single(capture.Errors()).Message);
            else Assert.Equal(heads, capture.Value().Layers.Head.Heads);
        }
    }

    [Fact]
    public void Three_heads_are_enough_for_the_text() => Reads(Seq(
        Saved.Maps("attentions.0", Seq(Heads[1], Heads[4], Heads[6])), Saved.Tensor("heads", [3], [1, 4, 6], DType.I64)));

    [Fact]
    public void Rows_that_were_not_captured_say_nothing()
    {
        var last = Saved.Load(Seq1(Saved.Maps("attentions.0", Saved.Rows(Heads, 14, 10))));
        Assert.Equal(toSeq(Enumerable.Range(0, 14)), last.Layers.Head.Absent);
        var problem = Normalise.Problem(Stories, last).Value();
        Assert.Equal((Zeros.Missing, 24, 0.0), (problem.Zeros, problem.Dims.N, problem.Observed[3][5, 2]));
        Assert.Equal(Heads[3][20, 11], problem.Observed[3][20, 11]);

        var some = Saved.Load(Seq(
            Saved.Maps("attentions.0", Heads.Map(map => Matrix.Create(2, 24, (i, j) => map[i == 0 ? 3 : 9, j])).Strict()), Saved.Tensor("rows", [2], [3, 9], DType.I64)));
        Assert.Equal(Heads[1].Row(9).ToArray(), some.Layers.Head.Attention[1].Row(9).ToArray());
        Assert.Equal(22, some.Layers.Head.Absent.Count);
    }

    [Fact]
    public void A_generation_without_one_of_its_steps_lacks_that_row() => Assert.Equal(
        Seq1(14), Saved.Load(Saved.Steps(Heads, 8, step => $"attentions.{step}.0").Filter(tensor => tensor.Name != "attentions.7.0")).Layers.Head.Absent);

    [Fact]
    public void A_batch_is_one_capture_for_each_sequence()
    {
        var other = Heads.Rev().Strict();
        var batch = Saved.Tensor("attentions.0", [2, 8, 24, 24], Heads.Append(other).SelectMany(map => map.Values.ToArray()));
        var mask = Saved.Tensor("attention_mask", [2, 24], Enumerable.Range(0, 48).Select(k => k < 43 ? 1.0 : 0), DType.Bool);
        using var folder = new TemporaryFolder();
        TensorFile.Save(folder.File("b.npz"), Seq(batch, mask)).Value();
        var both = Pipeline.Load.Captures(folder.File("b.npz")).Value();
        Assert.Equal((2, Heads, 19), (both.Count, both[0].Layers.Head.Attention, both[1].Layers.Head.Attention.Head.Rows));
        Assert.Equal(both[1].Layers, Pipeline.Load.Capture(folder.File("b.npz"), 1).Value().Layers);
        Assert.Equal([217, 217], Pipeline.Load.Capture(folder.File("b.npz")).Errors().Select(error => error.Code));
        Assert.Contains("sequence 2 was asked for but tensor attentions.0 holds 2", Pipeline.Load.Capture(folder.File("b.npz"), 2).Errors()[0].Message);
    }

    [Theory]
    [InlineData("attention_outputs.0", new long[] { 11, 48 })]
    [InlineData("attention_outputs.0", new long[] { 1, 11, 48 })]
    [InlineData("blocks.0.attn.hook_z", new long[] { 11, 3, 16 })]
    [InlineData("blocks.0.attn.hook_z", new long[] { 1, 11, 3, 16 })]
    public void An_output_stands_beside_the_maps_without_its_bias(string name, long[] shape)
    {
        var (capture, output) = WithOutput(name, shape, map => map);
        var bias = Nano.Layers[0].ValueBias.IfNone(Seq<double>());
        foreach (var selection in new[] { Selection.Default, Selection.Default with { Observe = Observation.Attention, WithOutput = true } })
        {
            var problem = Normalise.Problem(Nano, capture, selection).Value();
            Assert.Equal(Observation.Attention, problem.Observation);
            Assert.Equal(output[4, 20] - bias[20], problem.Output.Map(y => y[4, 20]));
        }

        Assert.True(Normalise.Problem(Nano, capture, Selection.Default with { Observe = Observation.Attention }).Value().Output.IsNone);
    }

    [Fact]
    public void Of_an_output_of_all_heads_those_that_were_captured_are_kept()
    {
        var (capture, output) = WithOutput("attention_outputs.0", [11, 48], maps => Seq(maps[2], maps[0]), Saved.Tensor("heads", [2], [2, 0], DType.I64));
        var problem = Normalise.Problem(Nano, capture).Value();
        var bias = Nano.Layers[0].ValueBias.IfNone(Seq<double>());
        Assert.Equal((11, 32), problem.Output.Map(y => (y.Rows, y.Columns)));
        Assert.Equal(output[6, 2 * 16 + 5] - bias[2 * 16 + 5], problem.Output.Map(y => y[6, 5]));
        Assert.Equal(output[6, 5] - bias[5], problem.Output.Map(y => y[6, 16 + 5]));
    }

    private static (Capture Capture, Matrix Output) WithOutput(string name, long[] shape, Func<Seq<Matrix>, Seq<Matrix>> heads, params NamedTensor[] sides)
    {
        var maps = Pipeline.Load.Capture(SamplePaths.Capture("nano-sort-recorded-0.safetensors")).Value().Layers.Head.Attention;
        var output = Pipeline.Load.Matrix(SamplePaths.Capture("nano-sort-recorded-0.truth.safetensors"), "attention_outputs.0").Value();
        return (Saved.Load(Seq(Saved.Maps("attentions.0", heads(maps)), Saved.Tensor(name, shape, output.Values.ToArray())) + toSeq(sides)), output);
    }

    private static void Reads(Seq<NamedTensor> tensors) => Assert.Equal(Ids, (
        from problem in Normalise.Problem(Stories, Saved.Load(tensors))
        from estimate in Invert.Auto(SolverOptions.Default)(problem)
        from reading in estimate.Tokens.ToFin("no tokens")
        select reading.Ids).Value());
}
