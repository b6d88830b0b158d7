using LanguageExt;
using Unmask.Pipeline;
using Unmask.PropertyTests.Closed;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Where the subspaces have no answer they say why.</summary>
public class RefusalTests
{
    private static readonly DrawnLayer Drawn = new(16, 4, 4, 3);

    [Fact]
    public void TooFewTokens() => Assert.Contains("at least 9 tokens", Refused(110, Drawn.Problem(8)), StringComparison.Ordinal);

    [Fact]
    public void TooFewTokensBehindAMask() =>
        Assert.Contains("at least 18 tokens", Refused(110, (Drawn with { Mask = Mask.Causal }).Problem(17)), StringComparison.Ordinal);

    [Fact]
    public void OneHead() => Refused(110, new OneHead(6, 20, 1).Problem(Observation.Attention, Form.Generic));

    [Fact]
    public void AnOutput() => Refused(110, Drawn.Problem(12) with { Observation = Observation.Output });

    [Fact]
    public void HeadsThatSeeNoMoreThanTheStates() => Refused(110, (Drawn with { Heads = 2 }).Problem(40));

    [Fact]
    public void OneKeyForAllWithoutPositions() => Refused(110, (Drawn with { Sharing = 4 }).Problem(60));

    [Fact]
    public void WeightsThatLeaveADirectionUnseen()
    {
        var layer = Drawn.Layer();
        // The last coordinate of X meets zeros only.
        Matrix Blind(Matrix w) => Matrix.Create(w.Rows, w.Columns, (i, j) => i == 15 ? 0 : w[i, j]);
        var blind = layer with { Heads = layer.Heads.Map(head => head with { Query = Blind(head.Query), Key = Blind(head.Key) }).Strict() };
        Refused(321, Draw.Problem(blind, Drawn.States(14), Observation.Attention));
    }

    [Fact]
    public void MapsOfAnotherLayer() => Refused(322, Drawn.Problem(14) with { Layer = (Drawn with { Seed = 4 }).Layer() });

    [Fact]
    public void NothingButZeros()
    {
        var problem = Drawn.Problem(14);
        Refused(320, problem with { Observed = problem.Observed.Map(map => Matrix.Identity(map.Rows)).Strict() });
    }

    [Fact]
    public void AScaleOfTheWrongSign()
    {
        var problem = Drawn.Problem(14);
        Refused(324, problem with { Layer = problem.Layer with { Scale = -problem.Layer.Scale } });
    }

    [Fact]
    public void ACancelledSearch() =>
        Assert.Equal(390, Code(Pipeline.Solvers.Subspace.Solve(Drawn.Problem(14), SolverOptions.Default with { Cancellation = new CancellationToken(canceled: true) })));

    private static string Refused(int code, Problem problem)
    {
        var answer = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default);
        Assert.Equal(code, Code(answer));
        return answer.Match(Succ: _ => "", Fail: error => error.Message);
    }

    private static int Code(Fin<Estimate> answer) => answer.Match(Succ: _ => 0, Fail: error => error.Code);
}
