using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Tokens from the maps of one layer that is not the first.</summary>
public class AnyLayerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_story_is_read_from_any_layer_and_any_format(int layer)
    {
        var problem = Captured("stories260k", "stories260k-n96", layer);
        var ids = Truth("stories260k-n96");
        foreach (var precision in new[] { Precision.Float32, Precision.Float16, Precision.BFloat16, Precision.Decimals(2) })
        {
            var stored = problem with
            {
                Precision = precision,
                Observed = problem.Observed.Map(map => map.Map(p => SyntheticLayer.Store(precision, p))).Strict(),
                KnownTokens = Map((0, ids[0])),
            };
            var estimate = TokenSearch.Solve(stored, SolverOptions.Default).Value();
            Assert.Equal(Some(ids), estimate.Tokens.Map(reading => reading.Ids));
            Assert.True(estimate.Tokens.Match(reading => reading.Certificates.ForAll(c => c.Margin >= 10), () => false));
            Assert.True(estimate.Solver.Converged);
        }
    }

    [Fact]
    public void The_first_token_need_not_be_known_and_the_verdict_is_recovered()
    {
        var problem = Captured("stories260k", "stories260k-n24", 2);
        var verdict = TokenSearch.Solve(problem, SolverOptions.Default).Bind(Verify.Against(problem)).Value();
        Assert.Equal(VerdictKind.Recovered, verdict.Kind);
        Assert.Equal(Some(Truth("stories260k-n24")), verdict.Estimate.Tokens.Map(reading => reading.Ids));
    }

    [Fact]
    public void Learned_positions_and_layer_norms_too()
    {
        var ids = Truth("gpt2-basic-n64").Take(16).Strict();
        var problem = Beginning(Captured("gpt2-basic", "gpt2-basic-n64", 1), 16) with { KnownTokens = Map((0, ids[0])) };
        Assert.Equal(Some(ids), TokenSearch.Solve(problem, SolverOptions.Default).Value().Tokens.Map(reading => reading.Ids));
    }

    [Fact]
    public void One_head_is_enough_for_what_it_claims()
    {
        var (problem, ids) = (Beginning(Captured("stories260k", "stories260k-n24", 3), 12), Truth("stories260k-n24"));
        var one = problem with
        {
            Layer = problem.Layer with { Heads = problem.Layer.Heads.Skip(2).Take(1).Strict() },
            Observed = problem.Observed.Skip(2).Take(1).Strict(),
            KnownTokens = Map((0, ids[0])),
        };
        var certificates = TokenSearch.Solve(one, SolverOptions.Default).Value().Tokens.Match(reading => reading.Certificates, Seq<Certificate>);
        Assert.Equal(12, certificates.Count);
        Assert.All(certificates, c => Assert.True(c.Id == ids[c.Position] || c.Margin < 10, $"{c}"));
    }

    [Fact]
    public void Without_the_model_or_its_mask_it_does_not_apply()
    {
        var problem = Captured("stories260k", "stories260k-n24", 2);
        Assert.Equal(110, TokenSearch.Solve(problem with { Model = None }, SolverOptions.Default).Match(_ => 0, e => e.Code));
        var open = problem with { Layer = problem.Layer with { Mask = Mask.None } };
        Assert.Equal(110, TokenSearch.Solve(open, SolverOptions.Default).Match(_ => 0, e => e.Code));
    }

    private static Problem Captured(string model, string capture, int layer) =>
        (from checkpoint in Load.Checkpoint(SamplePaths.Model(model))
         from maps in Load.Capture(SamplePaths.Capture($"{capture}.safetensors"))
         from problem in Normalise.Problem(checkpoint, maps, layer)
         select problem).Value();

    private static Problem Beginning(Problem problem, int n) => problem with
    {
        Dims = Dims.Of(problem.Dims.D, n).Value(),
        Observed = problem.Observed.Map(map => Matrix.Create(n, n, (i, j) => map[i, j])).Strict(),
    };

    private static Seq<int> Truth(string capture) => Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().Ids.IfNone(Seq<int>());
}
