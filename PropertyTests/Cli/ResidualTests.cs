using System.Text.Json;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.PropertyTests.Output;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Cli;

/// <summary>Residual streams on the command line.</summary>
public sealed class ResidualTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Invert_finds_what_entered_plain_matrices(bool causal)
    {
        const int d = 6, n = 5;
        var random = new Random(3);
        Matrix Normal(int rows, int columns, double size) => size * Closed.Draw.Gaussian(random, rows, columns);
        var (query, key, value, output) = (Normal(d, d, 0.4), Normal(d, d, 0.4), Normal(d, d, 0.1), Normal(d, d, 1));
        var (x, valueBias, outputBias) = (Normal(d, n, 1), Normal(1, d, 1), Normal(1, d, 1));
        var layer = new AttentionLayer(0, d, Seq1(Head.Of(query, key)), causal ? Mask.Causal : Mask.None, 0.5, None);
        var mixed = Forward.Attention(layer, layer.Heads[0], x) * (x.Transpose() * value);
        var stream = x.Transpose() + Matrix.Create(n, d, (i, c) => mixed[i, c] + valueBias[0, c]) * output;
        NamedTensor Vector(string name, Matrix row) => new("", name, DType.F64, Seq1<long>(d), () => row.Values.ToArray());
        TensorFile.Save(_folder.File("w.npz"), Seq(
            NamedTensor.Of("query", DType.F64, query), NamedTensor.Of("key", DType.F64, key), NamedTensor.Of("value", DType.F64, value),
            NamedTensor.Of("output", DType.F64, output), Vector("value_bias", valueBias), Vector("output_bias", outputBias))).Value();
        Save.States(_folder.File("r.npy"), Matrix.Create(n, d, (i, c) => stream[i, c] + outputBias[0, c])).Value();
        Save.States(_folder.File("x.npy"), x).Value();
        var run = CommandRun.Of([
            "invert", "--weights", _folder.File("w.npz"), "--target", _folder.File("r.npy"), "--observe", "residual", "--scale", "0.5",
            .. Enumerable.Repeat("--causal", causal ? 1 : 0), "--truth", _folder.File("x.npy"), "--json", "-"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        var root = json.RootElement;
        Assert.Equal(
            ("recovered-up-to-symmetry", "other-solutions", "residual", "residual-stream"),
            (root.GetProperty("verdict").GetString(), root.GetProperty("symmetry").GetString(), root.GetProperty("observe").GetString(),
                root.GetProperty("solver").GetProperty("name").GetString()));
        Assert.Equal(0, root.GetProperty("identifiability").GetProperty("nullity").GetInt32());
        // Values a tenth of the stream contract; 1e-10 of the largest entry is left.
        Assert.True(root.GetProperty("truth").GetProperty("relativeError").GetDouble() <= 1e-8);
    }

    [Fact]
    public void Recover_reads_the_text_and_writes_the_stream_before_the_norm()
    {
        var made = SimulatedStreams.Of("gpt2-basic", "gpt2-basic-n64", 6);
        Save.Streams(_folder.File("streams.npz"), made.Capture).Value();
        var run = CommandRun.Of(
            "recover", "--model", SamplePaths.Model("gpt2-basic"), "--capture", _folder.File("streams.npz"), "--out", _folder.File("X.npz"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("RECOVERED  ", run.Out);
        Assert.Contains("residual in f32", run.Out);
        Assert.True(Compare.RelativeError(Load.Matrix(_folder.File("X.npz"), "stream").Value(), made.Before(0)) <= 1e-12);
    }

    [Fact]
    public void Other_solvers_refuse_it()
    {
        Save.States(_folder.File("W.npy"), Matrix.Identity(4)).Value();
        Save.States(_folder.File("r.npy"), Matrix.Create(3, 4, (i, c) => i + 0.3 * c)).Value();
        var bare = CommandRun.Of("invert", "--weights", _folder.File("W.npy"), "--target", _folder.File("r.npy"), "--observe", "residual");
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("value weights", bare.Error);
        TensorFile.Save(_folder.File("w.npz"), Seq(NamedTensor.Of("W", DType.F64, Matrix.Identity(4)), NamedTensor.Of("value", DType.F64, 0.1 * Matrix.Identity(4)))).Value();
        foreach (var solver in new[] { "lm", "congruence", "subspace", "tokens", "output-linear" })
        {
            var run = CommandRun.Of("invert", "--weights", _folder.File("w.npz"), "--target", _folder.File("r.npy"), "--observe", "residual", "--solver", solver);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("does not apply", run.Error);
        }
    }
}
