using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>Features of an affine front end, from one head's map alone.</summary>
public class FrontEndTests
{
    // Of 2,500 draws of each kind the worst is off by 6e-11.
    private const double Tolerance = 1e-8;

    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 60)]
    public void TheFeaturesComeBack(OneHead drawn)
    {
        foreach (var observation in new[] { Observation.Attention, Observation.Scores })
        {
            var (problem, features) = Planted(drawn.D + 2, Math.Max(2, drawn.D / 2), 2 * drawn.D + 8, drawn.Seed, Precision.Float64, observation);
            Agrees(problem, features, drawn);
        }
    }

    // As few tokens as a congruence takes, and a single direction that no feature moves.
    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 60)]
    public void OneFixedDirectionAndFewTokensAreEnough(OneHead drawn)
    {
        var (problem, features) = Planted(drawn.D + 1, drawn.D, drawn.D + 3, drawn.Seed, Precision.Float64);
        Agrees(problem, features, drawn);
    }

    // X is of a lower rank than d then.
    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 60)]
    public void PositionsAlongOneDirectionAreEnough(OneHead drawn)
    {
        var (problem, features) = Planted(drawn.D + 2, Math.Max(2, drawn.D / 2), 2 * drawn.D + 8, drawn.Seed, Precision.Float64, positions: 1);
        Agrees(problem, features, drawn);
    }

    [Fact]
    public void FeaturesWithoutPositionsAreLeftToAnIsometry() =>
        Assert.Equal(110, Code(Planted(6, 3, 20, 1, Precision.Float64, positions: 0).Problem));

    // The isometries of a symmetric W that leave three rows of X are those of three dimensions.
    [Fact]
    public void SymmetricWeightsLeaveIsometries()
    {
        var (drawn, features) = Planted(6, 3, 20, 1, Precision.Float64);
        var product = drawn.Layer.Heads[0].Product;
        var layer = drawn.Layer with { Heads = Seq1(Head.OfProduct(0.5 * (product + product.Transpose()))) };
        var truth = End(drawn).Projection * features + End(drawn).Offset;
        var problem = drawn with { Layer = layer, Observed = Draw.Problem(layer, truth, Observation.Attention).Observed };
        var verdict = FrontEndLinear.Solve(problem, SolverOptions.Default).Bind(Verify.Against(problem)).ThrowIfFail();
        Assert.Equal((false, 3), (verdict.Kind == VerdictKind.Recovered, verdict.Identifiability.Nullity));
    }

    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 60)]
    public void OneKnownColumnIsEnoughWhereFeaturesFillTheSpace(OneHead drawn)
    {
        var (problem, features) = Planted(drawn.D, drawn.D, 2 * drawn.D + 2, drawn.Seed, Precision.Float64);
        var states = End(problem).Projection * features + End(problem).Offset;
        var known = problem with { Known = Map((1, toSeq(Enumerable.Range(0, drawn.D)).Map(c => states[c, 1]).Strict())) };
        var estimate = FrontEndLinear.Solve(known, SolverOptions.Default).ThrowIfFail();
        Assert.True(estimate.Solver.Converged, $"{drawn}: {estimate.Solver}");
        Assert.True(Compare.RelativeError(estimate.States, states) <= Tolerance, $"{drawn}: {Compare.RelativeError(estimate.States, states):e1}");
    }

    // A vision transformer in small: patches of 12 numbers, a class token that is known, positions.
    [Fact]
    public void PatchesComeBackFromSinglePrecision()
    {
        var (problem, features) = Planted(24, 12, 40, 5, Precision.Float32);
        var known = problem with
        {
            Known = Map((0, toSeq(Enumerable.Range(0, 24)).Map(c => End(problem).Offset[c, 0]).Strict())),
        };
        var states = Unknowns.Of(known).States(features);
        var stored = known with { Observed = Seq1(Forward.Attention(known.Layer, known.Layer.Heads[0], states).Map(p => (double)(float)p)) };
        var estimate = FrontEndLinear.Solve(stored, SolverOptions.Default).ThrowIfFail();
        Assert.True(estimate.Solver.Converged, estimate.Solver.ToString());
        Assert.True(Compare.RelativeError(estimate.States, states) <= 1e-3, $"{Compare.RelativeError(estimate.States, states):e1}");
    }

    [Theory]
    [InlineData(Mask.None)]
    [InlineData(Mask.Causal)]
    public void FromAStartNearbySeveralHeadsDoToo(Mask mask)
    {
        var layer = ManyHeads.Layer(8, 2, 4, mask, 3, queryBias: true);
        var random = new Random(6);
        var end = new FrontEnd(Draw.Gaussian(random, 8, 3), Draw.Gaussian(random, 8, 12));
        var truth = end.Projection * Draw.Gaussian(random, 3, 12) + end.Offset;
        var problem = Draw.Problem(layer with { Scale = 0.05 }, truth, Observation.Attention) with { FrontEnd = end };
        var start = truth + 0.03 * Draw.Gaussian(random, 8, 12);
        var estimate = FrontEndLinear.Solve(problem, SolverOptions.Default with { Start = start }).ThrowIfFail();
        Assert.True(Compare.RelativeError(estimate.States, truth) <= 1e-9, $"{Compare.RelativeError(estimate.States, truth):e1}");
    }

    [Fact]
    public void WithoutAFrontEndItDoesNotApply() =>
        Assert.Equal(110, Code(new OneHead(5, 9, 3).Problem(Observation.Attention, Form.Generic)));

    [Fact]
    public void AsManyFeaturesAsDimensionsFixNothing() =>
        Assert.Equal(110, Code(new OneHead(5, 9, 3).Problem(Observation.Attention, Form.Generic) with
        {
            FrontEnd = new FrontEnd(Matrix.Identity(5), Matrix.Create(5, 9, (_, _) => 1)),
        }));

    private static int Code(Problem problem) => FrontEndLinear.Solve(problem, SolverOptions.Default).Match(Succ: _ => 0, Fail: e => e.Code);

    private static void Agrees(Problem problem, Matrix features, OneHead drawn)
    {
        var estimate = FrontEndLinear.Solve(problem, SolverOptions.Default).ThrowIfFail();
        Assert.True(estimate.Solver.Converged, $"{drawn}, {problem.Observation}: {estimate.Solver}");
        Assert.True(Error(estimate, features) <= Tolerance, $"{drawn}, {problem.Observation}: {Error(estimate, features):e1}");
    }

    private static double Error(Estimate estimate, Matrix features) =>
        Compare.RelativeError(estimate.Features.IfNone(() => throw new InvalidOperationException("no features")), features);

    private static FrontEnd End(Problem problem) => problem.FrontEnd.IfNone(() => throw new InvalidOperationException("no front end"));

    private static (Problem Problem, Matrix Features) Planted(
        int d, int width, int n, int seed, Precision stored, Observation observation = Observation.Attention, int? positions = null)
    {
        var random = new Random(seed);
        var layer = new AttentionLayer(0, d, Seq1(Head.OfProduct((1 / Math.Sqrt(d)) * Draw.Gaussian(random, d, d))), Mask.None, 1 / Math.Sqrt(d), None);
        var projection = (1 / Math.Sqrt(width)) * Draw.Gaussian(random, d, width);
        var bias = 0.5 * Draw.Gaussian(random, d, 1) * Matrix.Create(1, n, (_, _) => 1);
        var offset = positions is { } rank ? bias + Draw.Gaussian(random, d, rank) * Draw.Gaussian(random, rank, n) : 0.5 * Draw.Gaussian(random, d, n);
        var end = new FrontEnd(projection, offset);
        var features = Draw.Gaussian(random, width, n);
        var problem = Draw.Problem(layer, end.Projection * features + end.Offset, observation);
        return (problem with { FrontEnd = end, Precision = stored }, features);
    }
}
