using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Stages;

public class NormaliseTests
{
    private static readonly Checkpoint Stories = Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static readonly string Captured = SamplePaths.Capture("stories260k-n24.safetensors");

    [Theory]
    [InlineData("stories260k", "stories260k-n24.safetensors")]
    [InlineData("stories260k", "stories260k-n24.npz")]
    [InlineData("stories260k", "stories260k-n96.safetensors")]
    [InlineData("stories260k", "stories260k-n96-fp16.safetensors")]
    [InlineData("stories260k", "stories260k-n96-bf16.safetensors")]
    [InlineData("gpt2-basic", "gpt2-basic-n64.safetensors")]
    [InlineData("nano-sort", "nano-sort-recorded-0.safetensors")]
    [InlineData("nano-sort", "nano-sort-recorded-1.safetensors")]
    [InlineData("nano-sort", "nano-sort-recorded-2.safetensors")]
    public void Every_layer_of_every_sample_is_a_problem(string model, string file)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model(model)).Value();
        var capture = Load.Capture(SamplePaths.Capture(file)).Value();
        Assert.All(capture.Layers, layer =>
        {
            var problem = Normalise.Problem(checkpoint, capture, layer.Layer, None, None).Value();
            Assert.Equal((layer.Layer, Observation.Attention, checkpoint.D), (problem.Layer.Index, problem.Observation, problem.Dims.D));
            Assert.Equal(layer.Layer == 0, problem.Vocabulary.IsSome);
        });
    }

    [Fact]
    public void Scores_are_observed_on_request_and_hold_minus_infinity_where_masked()
    {
        var capture = Load.Capture(SamplePaths.Capture("nano-sort-recorded-0.safetensors")).Value();
        var problem = Normalise.Problem(Load.Checkpoint(SamplePaths.Model("nano-sort")).Value(), capture, None, Observation.Scores, None).Value();
        Assert.Equal(double.NegativeInfinity, problem.Observed[2][0, 10]);
        Assert.True(double.IsFinite(problem.Observed[2][10, 0]));
    }

    [Fact]
    public void An_output_loses_its_value_bias()
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model("nano-sort")).Value();
        var truth = SamplePaths.Capture("nano-sort-recorded-0.truth.safetensors");
        var recorded = Load.Matrix(truth, "attention_outputs.0").Value();
        var problem = Normalise.Problem(checkpoint, Load.Capture(truth).Value(), None, None, None).Value();
        var bias = checkpoint.Layers[0].ValueBias.IfNone(Seq<double>());
        Assert.Equal(Observation.Output, problem.Observation);
        Assert.Equal(recorded[3, 7] - bias[7], problem.Observed[0][3, 7]);
        Assert.Equal(checkpoint.Layers[0].Value, problem.Value);
    }

    [Theory]
    [InlineData(2, 5, 3, double.NaN, "tensor attentions.0 is NaN at head 2, row 5, column 3 but every probability must be a finite number")]
    [InlineData(2, 5, 3, -0.25, "tensor attentions.0 is -0.25 at head 2, row 5, column 3 but a probability is not negative")]
    [InlineData(7, 5, 6, 0.5, "tensor attentions.0 is 0.5 at head 7, row 5, column 6 but a causal model has exactly 0 above the diagonal")]
    [InlineData(1, 20, 0, 0.9, "over head 1, row 20 but every row must sum to 1")]
    public void A_bad_entry_is_named_with_its_place_and_rule(int head, int row, int column, double value, string rule)
    {
        var messages = Normalise.Problem(Stories, Changed(head, row, column, value), None, None, None).Errors().Select(error => error.Message);
        Assert.Contains(messages, message => message.Contains(rule) && message.Contains("changed.safetensors"));
    }

    [Fact]
    public void All_that_is_wrong_comes_at_once()
    {
        var errors = Normalise.Problem(Stories, Changed(0, 3, 9, 7.0), None, None, None).Errors();
        Assert.Equal([237, 237, 238], errors.Select(error => error.Code).Order());
        Assert.All(errors, error => Assert.True(Faults.IsBadInput(error)));
    }

    [Fact]
    public void What_does_not_belongertogether_is_refused()
    {
        var capture = Load.Capture(Captured).Value();
        var nano = Load.Checkpoint(SamplePaths.Model("nano-sort")).Value();
        Refused(Normalise.Problem(Stories, capture, 9, None, None), "layer 9 was not captured (layers 0, 1, 2, 3, 4 were)");
        Refused(Normalise.Problem(nano, capture, 4, None, None), "the model nano-sort has only layers 0 to 2");
        Refused(Normalise.Problem(nano, capture, 1, None, None), "tensor attentions.1 has 8 heads but the layer has 3");
        Refused(Normalise.Problem(nano, capture, 0, None, None), "tensor attentions.0 has 24 tokens but the model has only 11 positions");
        var words = Load.Checkpoint(SamplePaths.Model("kwt1")).Value();
        var longer = Load.Capture(SamplePaths.Capture("stories260k-n256.npz")).Value();
        Refused(Normalise.Problem(words, longer, 0, None, None), "tensor attentions.0 has 256 tokens but the model has only 99 positions");
        Refused(Normalise.Problem(Stories, capture, 3, Observation.Scores, None), "tensor scores.3 is missing (of this layer the file holds attentions.3)");
    }

    [Theory]
    [InlineData("attentions.0", new long[] { 2, 24, 8 }, "must be [heads, n, n]")]
    [InlineData("attentions.0", new long[] { 2, 8, 4, 4 }, "a batch of several sequences")]
    [InlineData("attention_outputs.0", new long[] { 4 }, "must be [rows, columns]")]
    [InlineData("maps.0", new long[] { 8, 4, 4 }, "no tensor is named attentions.N")]
    public void A_capture_of_another_shape_or_name_is_refused(string name, long[] shape, string rule)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("odd.safetensors");
        TensorFile.Save(path, Seq1(new NamedTensor("", name, DType.F32, toSeq(shape), () => new double[shape.Aggregate((a, b) => a * b)]))).Value();
        Refused(Load.Capture(path), rule);
        Refused(Load.Capture(path), name);
    }

    [Fact]
    public void A_rows_tolerance_grows_with_the_rounding_of_the_format()
    {
        var path = SamplePaths.Capture("stories260k-n96-bf16.safetensors");
        Assert.True(Normalise.Problem(Stories, Load.Capture(path).Value(), None, None, Precision.BFloat16).IsSucc);
        Refused(Normalise.Problem(Stories, Load.Capture(path).Value(), None, None, Precision.Float32), "every row must sum to 1");
    }

    private static void Refused<A>(Fin<A> result, string rule) =>
        Assert.Contains(result.Errors(), error => error.Message.Contains(rule) && Faults.IsBadInput(error));

    // The sample with one entry changed, by way of a file as a user would have it.
    private static Capture Changed(int head, int row, int column, double value)
    {
        using var folder = new TemporaryFolder();
        var tensor = TensorFile.Open(Captured).Value().Require("attentions.0").Value();
        var numbers = tensor.Numbers().Value();
        numbers[(head * 24 + row) * 24 + column] = value;
        TensorFile.Save(folder.File("changed.safetensors"), Seq1(new NamedTensor("", tensor.Name, DType.F32, tensor.Shape, () => numbers))).Value();
        return Load.Capture(folder.File("changed.safetensors")).Value();
    }
}
