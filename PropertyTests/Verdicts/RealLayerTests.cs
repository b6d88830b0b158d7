using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>
/// Trained layers that are not shipped. UNMASK_REAL names a folder with models/ and captures/; without it there is nothing to test here. The figures
/// are those of docs/results.md.
/// </summary>
public class RealLayerTests(ITestOutputHelper log)
{
    private static readonly Option<string> Folder = Optional(Environment.GetEnvironmentVariable("UNMASK_REAL"));

    [Theory]
    [InlineData(17)]
    [InlineData(21)]
    [InlineData(27)]
    public void TwoWideHeads(int n) => Folder.Iter(folder =>
    {
        foreach (var layer in new[] { 0, 1 })
        {
            var (maps, truth) = Bert(folder, n, layer, output: false);
            var verdict = Judge("maps", maps, truth);
            Assert.Equal((VerdictKind.Underdetermined, 128 * n - 2 * n * (n - 1)), (verdict.Kind, verdict.Identifiability.Nullity));
            var (both, _) = Bert(folder, n, layer, output: true);
            var found = Polish.From(both, truth + 1e-2 * Size(truth) * Draw.Gaussian(new Random(n), 128, n), SolverOptions.Default).Value();
            verdict = Judge($"maps and output, error {Error(found.States, truth):E1}, {found.Solver}", both, found.States);
            Assert.Equal((VerdictKind.Recovered, 0), (verdict.Kind, verdict.Identifiability.Nullity));
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneHeadOfConditionTwoMillion(bool frontEnd) => Folder.Iter(folder =>
    {
        var (problem, truth) = Keywords(folder, frontEnd);
        var found = Polish.From(problem, truth + 0.1 * Size(truth) * Draw.Gaussian(new Random(1), 64, 99), SolverOptions.Default).Value();
        var verdict = Judge($"error {Error(found.States, truth):E1}, {found.Solver}", problem, found.States);
        foreach (var resolution in verdict.Identifiability.Resolution)
            log.WriteLine($"along the directions, expected: {Along(resolution, k => resolution.Features[k].Error)}; found: {Along(resolution, k => Error(resolution.Features[k], found.States - truth, truth))}");
        Assert.Equal(frontEnd ? VerdictKind.Recovered : VerdictKind.Partial, verdict.Kind);
    });

    private static string Along(Resolution resolution, Func<int, double> error) => string.Join(
        " ", new[] { 1, 8, 16, 24, 32, 40, 48, 56, 64 }.Select(k => FormattableString.Invariant($"{error(Math.Min(k, resolution.Features.Count) - 1):0.0e+0}")));

    private static double Error(FeatureDirection direction, Matrix difference, Matrix truth)
    {
        var along = Matrix.Create(1, difference.Rows, (_, a) => direction.Direction[a]) * difference;
        return along.FrobeniusNorm() / Math.Sqrt(difference.Columns) / Size(truth);
    }

    private Verdict Judge(string what, Problem problem, Matrix states)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var verdict = Verify.Against(problem)(new Estimate(states, new SolverReport("drawn", 0, 0, true, 0), None)).Value();
        log.WriteLine($"{problem.Name}: {what}: {verdict.Kind} in {clock.Elapsed.TotalSeconds:F1} s, gap {verdict.Identifiability.Gap:E0}. {verdict.Identifiability.Reason}");
        return verdict;
    }

    private static (Problem Problem, Matrix Truth) Bert(string folder, int n, int layer, bool output)
    {
        var file = TensorFile.Open(Path.Combine(folder, "models", "bert-tiny-sst2", "model.safetensors")).Value();
        Matrix Weights(string name) => file.Require($"bert.encoder.layer.{layer}.attention.self.{name}.weight").Bind(t => t.Matrix()).Value().Transpose();
        Seq<double> Bias(string name) => file.Require($"bert.encoder.layer.{layer}.attention.self.{name}.bias").Bind(t => t.Vector()).Value();
        var heads = Seq(0, 64).Map(first => new Head(
            Columns(Weights("query"), first, 64), Columns(Weights("key"), first, 64),
            Bias("query").Skip(first).Take(64).Strict(), Bias("key").Skip(first).Take(64).Strict())).Strict();
        var attention = new AttentionLayer(layer, 128, heads, Mask.None, 0.125, None) { Value = Weights("value"), ValueBias = Bias("value") };
        var (capture, truth) = Seen(folder, $"bert-tiny-n{n}", layer);
        var bias = Bias("value");
        var seen = capture.Output.Map(y => Matrix.Create(y.Rows, y.Columns, (i, j) => y[i, j] - bias[j]));
        return (Asked($"bert-tiny layer {layer}, n = {n}", attention, capture, n) with { Value = attention.Value, Output = output ? seen : None }, truth);
    }

    private static (Problem Problem, Matrix Truth) Keywords(string folder, bool frontEnd)
    {
        var file = TensorFile.Open(Path.Combine(folder, "models", "kwt1", "model.safetensors")).Value();
        Matrix Weights(string name) => file.Require(name).Bind(t => t.Matrix()).Value();
        const string attention = "vit.encoder.layer.0.attention.attention";
        var head = Head.Of(Weights($"{attention}.query.weight").Transpose(), Weights($"{attention}.key.weight").Transpose());
        var (capture, truth) = Seen(folder, "kwt1-yes", 0);
        var bias = file.Require("vit.embeddings.patch_embeddings.projection.bias").Bind(t => t.Vector()).Value();
        var positions = file.Require("vit.embeddings.position_embeddings").Bind(t => t.Matrices()).Value().Head;
        var problem = Asked("kwt1 layer 0", new AttentionLayer(0, 64, Seq1(head), Mask.None, 0.125, None), capture, 99) with
        {
            Known = Map((0, Enumerable.Range(0, 64).Select(a => truth[a, 0]).ToSeq().Strict())),
            FrontEnd = frontEnd
                ? new FrontEnd(Weights("vit.embeddings.patch_embeddings.projection.weight"), Matrix.Create(64, 99, (a, i) => bias[a] + positions[i, a]))
                : None,
        };
        return (problem, truth);
    }

    private static Problem Asked(string name, AttentionLayer layer, LayerCapture capture, int n) =>
        new(name, layer, Dims.Of(layer.D, n).Value(), Observation.Attention, capture.Attention, Precision.Float32, None, None);

    private static (LayerCapture Capture, Matrix Truth) Seen(string folder, string name, int layer)
    {
        var path = Path.Combine(folder, "captures", name);
        var capture = Load.Capture($"{path}.safetensors").Value().Layers.Find(one => one.Layer == layer);
        return (capture.IfNone(() => throw new InvalidOperationException()), Load.Truth($"{path}.truth.json").Value().States[layer]);
    }

    private static Matrix Columns(Matrix matrix, int first, int count) => Matrix.Create(matrix.Rows, count, (i, j) => matrix[i, first + j]);

    private static double Size(Matrix x) => x.FrobeniusNorm() / Math.Sqrt(x.Values.Length);

    private static double Error(Matrix found, Matrix truth) => (found - truth).FrobeniusNorm() / truth.FrobeniusNorm();
}
