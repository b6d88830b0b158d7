using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Stages;

public class PlainMatricesTests
{
    private static readonly Matrix X = Fill(4, 6, 1);

    [Theory]
    [InlineData("w.npy")]
    [InlineData("w.npz")]
    [InlineData("w.safetensors")]
    public void A_product_and_a_map_make_a_problem(string file)
    {
        using var folder = new TemporaryFolder();
        var w = Fill(4, 4, 2);
        Save.States(folder.File(file), w).Value();
        var layer = new AttentionLayer(0, 4, Seq1(Head.OfProduct(w)), Mask.None, 0.5, None);
        Save.States(folder.File("b.npy"), Forward.Attention(layer, layer.Heads[0], X)).Value();
        var problem = (from weights in Load.Weights(folder.File(file))
                       from target in Load.Target(folder.File("b.npy"))
                       from made in Normalise.Matrices(weights, target, Observation.Attention, Mask.None, 0.5, None)
                       select made).Value();
        Assert.Equal((4, 6, "f64"), (problem.Dims.D, problem.Dims.N, problem.Precision.Name));
        Assert.Equal(w, problem.Layer.Heads[0].Product);
    }

    [Fact]
    public void Projections_of_several_heads_with_biases_and_values_are_read()
    {
        using var folder = new TemporaryFolder();
        TensorFile.Save(folder.File("w.npz"), Seq(
            Stored("query", [2, 4, 3]), Stored("key", [2, 4, 3]), Stored("query_bias", [2, 3]), Stored("value", [2, 4, 2]))).Value();
        var weights = Load.Weights(folder.File("w.npz")).Value();
        Assert.Equal((4, 2, 3), (weights.D, weights.Heads.Count, weights.Heads[1].Dimension));
        Assert.Equal(Seq(3.0, 4.0, 5.0), weights.Heads[1].QueryBias.IfNone(Seq<double>()));
        Assert.True(weights.Heads[1].KeyBias.IsNone);
        Assert.Equal(12.0, weights.Heads[1].Query[0, 0]);
        // Head 1, row 2, column 1 of [2, 4, 2] lies at 8 + 5.
        Assert.Equal((4, 4, 13.0), weights.Value.Map(value => (value.Rows, value.Columns, value[2, 3])).IfNone((0, 0, 0)));
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_tensors_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("w.safetensors");
        Refused([Stored("query", [4, 3])], "tensor key is missing");
        Refused([Stored("query", [4, 3]), Stored("key", [4, 2])], "tensor key has shape [4, 2] but must be [4, 3] like query");
        Refused([Stored("query", [4, 3]), Stored("key", [4, 3]), Stored("query_bias", [4])], "tensor query_bias has shape [4] but must be [1, 3]");
        Refused([Stored("query", [4, 3]), Stored("key", [4, 3]), Stored("value", [3, 3])], "tensor value has shape [3, 3] but must be [4, width]");
        Refused([Stored("W", [4, 3])], "tensor W has shape [4, 3] but must be [d, d]");
        Refused([Stored("a", [3, 3]), Stored("b", [3, 3])], "tensor W (or query and key) is missing (the file holds a, b)");

        void Refused(NamedTensor[] tensors, string rule)
        {
            TensorFile.Save(path, toSeq(tensors)).Value();
            var error = Assert.Single(Load.Weights(path).Errors());
            Assert.Contains(rule, error.Message);
            Assert.StartsWith(path, error.Message);
        }
    }

    [Fact]
    public void A_target_that_the_weights_cannot_explain_is_refused()
    {
        var weights = new Weights("w.npy", 4, Seq1(Head.OfProduct(Fill(4, 4, 2))), None);
        var map = Forward.SoftmaxRows(Fill(6, 6, 3));
        Refused(Target(map, map), Observation.Attention, 1, "has 2 heads but the layer has 1");
        Refused(Target(Fill(6, 4, 3)), Observation.Output, 1, "no value weights", "value weights and none are known");
        Refused(Target(Fill(6, 4, 3)), Observation.Attention, 1, "must be [heads, n, n]");
        Refused(Target(map), Observation.Attention, double.NaN, "the scale must be a finite number");

        void Refused(Target target, Observation observation, double scale, params string[] rules) => Assert.Contains(
            Normalise.Matrices(weights, target, observation, Mask.None, scale, None).Errors(),
            error => rules.Any(error.Message.Contains) && Faults.IsBadInput(error));
    }

    private static Target Target(params Matrix[] matrices) => new("b.npy", "b", toSeq(matrices), Precision.Float64);

    private static Matrix Fill(int rows, int columns, int seed) => Matrix.Create(rows, columns, (i, j) => Math.Sin(seed + 1.7 * i + 0.9 * j * j));

    // Numbers that count up, so that a value tells where it lay.
    private static NamedTensor Stored(string name, long[] shape) =>
        new("", name, DType.F64, toSeq(shape), () => Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (double)i).ToArray());
}
