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
    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 60)]
    public void TheFeaturesComeBack(OneHead drawn)
    {
        var (problem, features) = Planted(drawn.D + 2, Math.Max(2, drawn.D / 2), 2 * drawn.D + 8, drawn.Seed, Precision.Float64);
        var estimate = FrontEndLinear.Solve(problem, SolverOptions.Default).ThrowIfFail();
        Assert.True(estimate.Solver.Converged, $"{drawn}: {estimate.Solver}");
        // Random forms of a few features have conditions up to 1e4.
        Assert.True(Error(estimate, features) <= 1e-6, $"{drawn}: {Error(estimate, features):e1}");
    }

    // A vision transformer in small: patches of 12 numbers, a class token that is known, positions.
    [Fact]
    public void PatchesComeBackFromSinglePrecision()
    {
        var (problem, features) = Planted(24, 12, 40, 5, Precision.Float32);
        var known = problem with
        {
            Known = Map((0, toSeq(Enumerable.Range(0, 24)).Map(c => problem.FrontEnd.IfNone(() => throw new InvalidOperationException()).Offset[c, 0]).Strict())),
        };
        var states = Unknowns.Of(known).States(Unknowns.Of(known).Flat(features));
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

    private static double Error(Estimate estimate, Matrix features) =>
        Compare.RelativeError(estimate.Features.IfNone(() => throw new InvalidOperationException("no features")), features);

    private static (Problem Problem, Matrix Features) Planted(int d, int width, int n, int seed, Precision stored)
    {
        var random = new Random(seed);
        var layer = new AttentionLayer(0, d, Seq1(Head.OfProduct((1 / Math.Sqrt(d)) * Draw.Gaussian(random, d, d))), Mask.None, 1 / Math.Sqrt(d), None);
        var end = new FrontEnd((1 / Math.Sqrt(width)) * Draw.Gaussian(random, d, width), 0.5 * Draw.Gaussian(random, d, n));
        var features = Draw.Gaussian(random, width, n);
        var problem = Draw.Problem(layer, end.Projection * features + end.Offset, Observation.Attention);
        return (problem with { FrontEnd = end, Precision = stored }, features);
    }
}
