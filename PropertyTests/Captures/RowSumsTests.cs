using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Rows that do not sum to one: a sink is taken as one, a dropout is named and refused unless the user wants what is left of it.</summary>
public class RowSumsTests
{
    private static readonly Checkpoint Stories = Pipeline.Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static readonly Seq<Matrix> Heads =
        Pipeline.Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value().Layers.Head.Attention;

    [Property(MaxTest = 20)]
    public void A_clear_sink_needs_no_word(int seed)
    {
        var capture = Captured(Sink(seed));
        foreach (var told in new[] { Option<RowSums>.None, RowSums.Sink })
            Assert.Equal(Zeros.Bounded, Normalise.Problem(Stories, capture, Selection.Default with { RowSums = told }).Value().Zeros);
        Refused(capture, RowSums.Softmax, "every row must sum to 1", "this looks like an attention sink", "--row-sums sink");
    }

    [Property(MaxTest = 20)]
    public void A_dropout_is_named_with_its_share(int seed, PositiveInt pick)
    {
        var p = new[] { 0.05, 0.1, 0.2, 0.5 }[pick.Get % 4];
        var capture = Captured(Dropout(seed, p));
        // The standard error of a share p of 8·300 visible entries, five times.
        var error = Assert.Single(Normalise.Problem(Stories, capture).Errors());
        Assert.Equal(238, error.Code);
        var named = double.Parse(error.Message.Split("a dropout of about ")[1][..4], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(named, p - 5 * Math.Sqrt(p * (1 - p) / 2400) - 0.005, p + 5 * Math.Sqrt(p * (1 - p) / 2400) + 0.005);
        Assert.Contains("--row-sums dropout", error.Message);
        Assert.Equal(Zeros.Missing, Normalise.Problem(Stories, capture, Selection.Default with { RowSums = RowSums.Dropout }).Value().Zeros);
    }

    [Fact]
    public void Neither_is_seen_in_what_is_something_else()
    {
        Refused(Captured(Heads.Map(map => map.Map(p => 0.9 * p)).Strict()), None, "looks neither like a sink nor like a dropout");
        Refused(Captured(Heads.Map(map => map.Map(p => p < 0.03 ? 0 : p)).Strict()), None, "looks neither like a sink nor like a dropout");
        Refused(Captured(Heads.Map(map => Matrix.Create(24, 24, (i, j) => map[i, j] * (1 + 0.05 * Math.Sin(i)))).Strict()), None, "looks neither like");
        Refused(Captured(Dropout(1, 0.1)), RowSums.Sink, "a sink leaves every row a sum between 0 and 1");
    }

    // Ratios within a row are all that is left, and they are enough.
    [Fact]
    public void Text_behind_a_sink_is_recovered()
    {
        var problem = Normalise.Problem(Stories, Captured(Sink(5))).Value();
        var verdict = Recover.Answer(Invert.Auto(SolverOptions.Default))(problem).Value().Verdict;
        Assert.Equal((RowSums.Sink, VerdictKind.Recovered), (problem.RowSums, verdict.Kind));
        Assert.Equal(Pipeline.Load.Truth(SamplePaths.Capture("stories260k-n24.truth.json")).Value().Ids, verdict.Estimate.Tokens.Map(reading => reading.Ids));
    }

    // At the truth what was not dropped is explained, and what was is not asked for.
    [Fact]
    public void The_truth_explains_what_a_dropout_and_missing_rows_left()
    {
        var truth = Pipeline.Load.Truth(SamplePaths.Capture("stories260k-n24.truth.json")).Value().States[0];
        foreach (var capture in new[] { Captured(Dropout(2, 0.3)), Captured(Saved.Rows(Heads, 15, 9)) })
        {
            var problem = Normalise.Problem(Stories, capture, Selection.Default with { RowSums = capture.Layers.Head.Absent.IsEmpty ? RowSums.Dropout : None }).Value();
            // What the states' own rounding to float32 moves a map by, scaled up by the dropout.
            Assert.InRange(Unmask.Pipeline.Verdicts.ResidualOf.At(problem, truth).Max, 0, 1e-6);
            Assert.Contains("zeros of this map stand for entries that are missing", IterativeRefusal(problem with { Layer = problem.Layer with { Heads = problem.Layer.Heads.Take(1) } }));
        }
    }

    private static string IterativeRefusal(Problem problem) =>
        Invert.Named("lm", SolverOptions.Default).Bind(invert => invert(problem)).Errors()[0].Message;

    [Fact]
    public void Every_sample_sums_to_one() => Assert.All(Directory.GetFiles(SamplePaths.Capture(""), "*.safetensors").Where(path => !path.Contains("truth")), path =>
        Assert.All(Pipeline.Load.Capture(path).Value().Layers, layer => Assert.Equal(
            RowSums.Softmax, RowSumsOf.Look(RowsSeen.Of(layer.Attention, Mask.Causal, Pipeline.Load.Capture(path).Value().Precision, layer.Absent)))));

    [Fact]
    public void A_value_bias_comes_through_as_often_as_its_row_sums_to()
    {
        var layer = Stories.Layers[0] with { ValueBias = toSeq(Enumerable.Range(0, 64)).Map(c => 1.0 + c).Strict() };
        var output = Matrix.Create(24, 64, (i, c) => i * c / 9.0);
        var sinks = Sink(3);
        var capture = Saved.Load(Seq(
            Saved.Tensor("attentions.0", [8, 24, 24], sinks.SelectMany(map => map.Values.ToArray()), DType.F64), NamedTensor.Of("attention_outputs.0", DType.F64, output)));
        var problem = Normalise.Problem(Stories with { Layers = Seq1(layer) }, capture).Value();
        var sum = sinks[2].Row(7).ToArray().Sum();
        // Sums of 24 numbers of size 1, in another order.
        Assert.Equal(output[7, 20] - sum * 21, problem.Output.Map(y => y[7, 20]).IfNone(0), 1e-12);
    }

    private static Seq<Matrix> Sink(int seed)
    {
        var random = new Random(seed);
        return Heads.Map(map =>
        {
            var shares = Enumerable.Range(0, map.Rows).Select(_ => 0.2 + 0.75 * random.NextDouble()).ToArray();
            return Matrix.Create(map.Rows, map.Columns, (i, j) => shares[i] * map[i, j]);
        }).Strict();
    }

    private static Seq<Matrix> Dropout(int seed, double p)
    {
        var random = new Random(seed);
        return Heads.Map(map => map.Map(value => random.NextDouble() < p ? 0 : value / (1 - p))).Strict();
    }

    private static Capture Captured(Seq<Matrix> heads) => Saved.Load(Seq1(Saved.Maps("attentions.0", heads)));

    private static void Refused(Capture capture, Option<RowSums> told, params string[] parts)
    {
        var errors = Normalise.Problem(Stories, capture, Selection.Default with { RowSums = told }).Errors();
        Assert.All(parts, part => Assert.Contains(errors, error => error.Message.Contains(part) && Faults.IsBadInput(error)));
    }
}
