using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Transformers;
using Unmask.PropertyTests.Transformers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Tokens from the maps of a layer that is not the first, without a mask: all of them at once.</summary>
public class UnmaskedLayerTests(ITestOutputHelper output)
{
    private static readonly SampleTexts Texts = new("bert-mini-shakespeare");

    [Fact]
    public void The_text_of_a_saturated_layer_is_read_and_the_verdict_is_recovered()
    {
        var ids = Load.Truth(SamplePaths.Capture("bert-mini-n50.truth.json")).Value().Ids;
        var recovery = Recover.Model(
            SamplePaths.Model("bert-mini-shakespeare"), SamplePaths.Capture("bert-mini-n50.safetensors"),
            Selection.Default with { Layer = 1 }, Invert.Auto(SolverOptions.Default)).Value();
        Assert.Equal(ids, recovery.Verdict.Estimate.Tokens.Map(reading => reading.Ids));
        Assert.Equal((VerdictKind.Recovered, "tokens"), (recovery.Verdict.Kind, recovery.Verdict.Estimate.Solver.Name));
    }

    // On request four hundred tokens and more of each format; the first texts of each otherwise.
    [Theory]
    [InlineData("f32", 24)]
    [InlineData("bf16", 24)]
    [InlineData("f16", 50)]
    [InlineData("decimals:4", 50)]
    [InlineData("decimals:3", 50)]
    [InlineData("decimals:2", 50)]
    [InlineData("decimals:1", 16)]
    [InlineData("decimals:1", 3)]
    [InlineData("decimals:2", 4)]
    public void What_is_sure_is_right_in_every_format(string format, int length)
    {
        if (!Sweep.IsFull && format is not ("f32" or "bf16")) return;
        var (read, right, sure, refused, least) = (0, 0, 0, 0, double.MaxValue);
        for (var seed = 0; seed < (Sweep.IsFull ? (399 + length) / length : 1); seed++)
        {
            var text = Texts.Uniform(seed, Sweep.IsFull ? length : 10);
            var answer = TokenSearch.Solve(Texts.Observe(text, Formats[format], layer: 1), SolverOptions.Default);
            refused += answer.Match(Succ: _ => 0, Fail: error => error.Code == 350 ? text.Count : throw error);
            foreach (var certificate in answer.ToSeq().Bind(estimate => estimate.Tokens.ToSeq()).Bind(reading => reading.Certificates))
            {
                var hit = certificate.Id == text[certificate.Position];
                Assert.True(hit || certificate.Margin < 10, $"{format}, text {seed}: {certificate}");
                (read, right, sure) = (read + 1, right + (hit ? 1 : 0), sure + (certificate.Margin >= 10 ? 1 : 0));
                if (hit) least = Math.Min(least, certificate.Margin);
            }
        }

        output.WriteLine(FormattableString.Invariant($"| {format} | {length} | {right} of {read} | {sure} | {refused} | {least:0.0e+0} |"));
        if (format is "f32" or "bf16") Assert.Equal((read, read, 0), (right, sure, refused));
    }

    [Fact]
    public void Maps_of_other_heads_are_refused_not_read()
    {
        var problem = Texts.Observe(Texts.Uniform(1, 5), Precision.Float32, layer: 1);
        var other = problem with { Observed = problem.Observed.Reverse().ToSeq().Strict() };
        Assert.Equal(350, TokenSearch.Solve(other, SolverOptions.Default).Match(_ => 0, error => error.Code));
    }

    [Fact]
    public void Tokens_with_equal_embeddings_are_ties()
    {
        var (model, text) = (Texts.Checkpoint.Transformer.Value(), Texts.Uniform(2, 6));
        var twin = Enumerable.Range(0, 1302).First(id => !text.Contains(id));
        var doubled = model with
        {
            Tokens = model.Tokens.Map(all => all with
            {
                Tokens = Matrix.Create(all.Tokens.Rows, all.Tokens.Columns, (v, c) => all.Tokens[v == twin ? text[3] : v, c]),
            }),
        };
        var problem = Texts.Observe(text, Precision.Float32, layer: 1) with { Model = Some(() => FinSucc(doubled)) };
        var certificates = TokenSearch.Solve(problem, SolverOptions.Default).Value().Tokens.Match(reading => reading.Certificates, Seq<Certificate>);
        Assert.Equal(0, certificates[3].Margin);
        Assert.Equal(new[] { text[3], twin }.Order(), certificates[3].Ties.Add(certificates[3].Id).Order());
        Assert.All(certificates.Filter(c => c.Position != 3), c => Assert.True(c.Id == text[c.Position] && c.Margin >= 10, $"{c}"));
    }

    [Fact]
    public void Scores_are_read_as_maps_are()
    {
        var text = Texts.Uniform(3, 6);
        var problem = Texts.Observe(text, Precision.Float32, layer: 1);
        var model = Texts.Checkpoint.Transformer.Value();
        var x = States.At(model, States.Stream(model, text).Value(), 1);
        var scores = problem with
        {
            Observation = Observation.Scores,
            Observed = problem.Layer.Heads.Map(head => Forward.Scores(problem.Layer, head, x).Map(s => (double)(float)s)).Strict(),
        };
        Assert.Equal(Some(text), TokenSearch.Solve(scores, SolverOptions.Default).Value().Tokens.Map(reading => reading.Ids));
    }

    // Three places of padding were cut off, and the model counted them.
    [Fact]
    public void Positions_begin_where_the_model_counted_from()
    {
        var (model, text) = (Texts.Checkpoint.Transformer.Value(), Texts.Uniform(4, 8));
        var later = model with
        {
            Tokens = model.Tokens.Map(all => all with
            {
                Positions = all.Positions.Map(table => Matrix.Create(table.Rows - 3, table.Columns, (i, c) => table[i + 3, c])),
            }),
        };
        var x = States.At(later, States.Stream(later, text).Value(), 1);
        var layer = Texts.Checkpoint.Layers[1];
        var maps = layer.Heads.Map(head => Forward.Attention(layer, head, x).Map(p => (double)(float)p)).Strict();
        var capture = new Capture("padded", Seq1(new LayerCapture(1, Seq<Matrix>(), maps, None)), Precision.Float32) { FirstPosition = 3 };
        var problem = Normalise.Problem(Texts.Checkpoint, capture, 1).Value() with { KnownTokens = Map<int, int>() };
        Assert.Equal(Some(text), TokenSearch.Solve(problem, SolverOptions.Default).Value().Tokens.Map(reading => reading.Ids));
    }

    // At layer 1 the keys and values below are those of the tokens alone: what a candidate becomes is exact.
    [Property(MaxTest = 60)]
    public void Another_token_becomes_at_layer_1_what_the_whole_model_makes_of_it(int seed)
    {
        var drawn = new RandomModel(seed);
        var (model, n) = (drawn.Draw(Mask.None), 1 + Math.Abs(seed % 5));
        var (streams, others, position) = (drawn.Matrix(n, model.D), drawn.Matrix(3, model.D), Math.Abs(seed % n));
        var instead = Surroundings.Of(PrefixModel.Of(model, 1, 1), streams).Instead(position, others);
        for (var k = 0; k < others.Rows; k++)
        {
            var changed = Matrix.Create(n, model.D, (i, c) => i == position ? others[k, c] : streams[i, c]);
            var whole = States.At(model, changed.Transpose(), 1);
            for (var c = 0; c < model.D; c++) Assert.Equal(whole[c, position], instead[k, c], 1e-9 * (1 + whole.MaxNorm()));
        }
    }

    private static Dictionary<string, Precision> Formats { get; } = new[]
    {
        Precision.Float32, Precision.Float16, Precision.BFloat16,
        Precision.Decimals(4), Precision.Decimals(3), Precision.Decimals(2), Precision.Decimals(1),
    }.ToDictionary(precision => precision.Name);
}
