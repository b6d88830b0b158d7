using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Closed;

/// <summary>Where the closed form has no answer it says why.</summary>
public class RefusalTests
{
    private static readonly OneHead Drawn = new(5, 9, 3);

    [Fact]
    public void TooFewTokens() => Refused(110, (Drawn with { N = 5 }).Problem(Observation.Attention, Form.Generic));

    [Fact]
    public void ACausalMask() => Refused(110, OfLayer(Drawn.Layer(Form.Generic) with { Mask = Mask.Causal }));

    [Fact]
    public void SeveralHeads()
    {
        var layer = Drawn.Layer(Form.Generic);
        Refused(110, OfLayer(layer with { Heads = layer.Heads + layer.Heads }));
    }

    [Fact]
    public void AStoredZero()
    {
        var problem = Drawn.Problem(Observation.Attention, Form.Generic);
        var map = problem.Observed[0];
        Refused(110, problem with { Observed = Seq1(Matrix.Create(map.Rows, map.Columns, (i, j) => i == 1 && j == 2 ? 0 : map[i, j])) });
    }

    [Fact]
    public void ASingularProduct()
    {
        var random = new Random(4);
        var layer = Drawn.Layer(Form.Generic) with { Heads = Seq1(Head.Of(Draw.Gaussian(random, 5, 2), Draw.Gaussian(random, 5, 2))) };
        Refused(310, OfLayer(layer));
    }

    [Fact]
    public void ASkewProductWhoseCosquareIsDegenerate()
    {
        var w = Draw.Gaussian(new Random(5), 4, 4);
        var layer = Drawn.Layer(Form.Generic) with { D = 4, Heads = Seq1(Head.OfProduct(w - w.Transpose())) };
        Refused(310, OfLayer(layer));
    }

    [Fact]
    public void AMapOfAnotherInertia()
    {
        var problem = Drawn.Problem(Observation.Scores, Form.Symmetric);
        Refused(311, problem with { Observed = problem.Observed.Map(s => -1 * s).Strict() });
    }

    [Fact]
    public void ACancelledSearch()
    {
        var options = SolverOptions.Default with { Cancellation = new CancellationToken(canceled: true) };
        Assert.Equal(390, Code(Congruence.Solve(Drawn.Problem(Observation.Attention, Form.Generic), options)));
    }

    private static Problem OfLayer(AttentionLayer layer) =>
        Draw.Problem(layer, Draw.Gaussian(new Random(1), layer.D, 9), Observation.Attention);

    private static void Refused(int code, Problem problem) => Assert.Equal(code, Code(Congruence.Solve(problem, SolverOptions.Default)));

    private static int Code(Fin<Estimate> answer) => answer.Match(Succ: _ => 0, Fail: e => e.Code);
}
