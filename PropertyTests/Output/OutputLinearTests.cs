using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>Maps and outputs together give X itself.</summary>
public class OutputLinearTests
{
    // Double precision less what small random layers lose in conditioning.
    private const double Exact = 1e-8;

    // A few roundings of n·d_h terms each.
    private const double Roundings = 1e-13;

    [Property(MaxTest = 60, Arbitrary = [typeof(LayerSizes)])]
    public void TheStatesComeBack(LayerSize size)
    {
        var (problem, truth) = PlantedOutput.Beside(size.Layer(), size.N, size.Seed);
        var estimate = Solve(problem);
        Assert.True(estimate.Solver.Converged, $"{size}: {estimate.Solver}");
        var lost = Condition(problem.Value.IfNone(truth)) * problem.Observed.Map(Condition).Max();
        Assert.True(Compare.RelativeError(estimate.States, truth) <= Roundings * lost, $"{size}: {Compare.RelativeError(estimate.States, truth):e1}");
    }

    [Fact]
    public void SoTheyDoFromSinglePrecision()
    {
        var layer = ManyHeads.Layer(32, 2, 16, Mask.None, 4, queryBias: true, keyBias: true) with { Scale = 1.0 / 128 };
        var (problem, truth) = PlantedOutput.Beside(layer, 11, 4, Precision.Float32);
        var estimate = Solve(problem);
        var linear = OutputLinear.Solve(problem, SolverOptions.Default with { MaxIterations = 0 }).ThrowIfFail();
        // The fit takes from the maps what their inverses had lost.
        Assert.True(Compare.RelativeError(estimate.States, truth) <= 0.1 * Compare.RelativeError(linear.States, truth));
        Assert.True(Compare.RelativeError(estimate.States, truth) <= 1e-5);
    }

    [Fact]
    public void HeadsThatShareValuesCountOnce()
    {
        var layer = ManyHeads.Layer(8, 4, 4, Mask.Causal, 7);
        var (x, shared) = (ManyHeads.States(layer, 9, 7), Draw.Gaussian(new Random(8), 8, 8));
        var value = Matrix.Create(8, 16, (a, c) => shared[a, (c / 8 * 4) + (c % 4)]);
        var (problem, truth) = PlantedOutput.Beside(layer, x, value, Precision.Float64);
        Assert.True(Compare.RelativeError(Solve(problem).States, truth) <= Exact);
    }

    [Fact]
    public void MapsFillInWhatTheValuesLeaveOpen()
    {
        // Values of rank 5 of 6, and a token known: the rest is in the maps.
        var layer = ManyHeads.Layer(6, 3, 2, Mask.None, 3, queryBias: true);
        var (x, value) = (ManyHeads.States(layer, 12, 3), Draw.Gaussian(new Random(9), 6, 6));
        var thin = Matrix.Create(6, 6, (a, c) => c == 5 ? value[a, 4] : value[a, c]);
        var (problem, truth) = PlantedOutput.Beside(layer, x, thin, Precision.Float64);
        var known = problem with { Known = Map((0, toSeq(Enumerable.Range(0, 6)).Map(c => x[c, 0]).Strict())) };
        var estimate = Solve(known);
        Assert.True(estimate.Solver.Converged, estimate.Solver.ToString());
        Assert.True(Compare.RelativeError(estimate.States, truth) <= Exact);
    }

    [Fact]
    public void AFrontEndNeedsFewerValues()
    {
        // One head of 3 for states of 8 that were made from 3 features.
        var layer = ManyHeads.Layer(8, 1, 3, Mask.None, 2);
        var random = new Random(12);
        var end = new FrontEnd(Draw.Gaussian(random, 8, 3), Draw.Gaussian(random, 8, 7));
        var features = Draw.Gaussian(random, 3, 7);
        var (problem, _) = PlantedOutput.Beside(layer, end.Projection * features + end.Offset, Draw.Gaussian(random, 8, 3), Precision.Float64);
        var found = Solve(problem with { FrontEnd = Some(end) }).Features.IfNone(() => throw new InvalidOperationException("no features"));
        Assert.True(Compare.RelativeError(found, features) <= Exact);
    }

    [Fact]
    public void MapsAloneAreRefused() =>
        Assert.Equal(110, Code(PlantedOutput.Beside(ManyHeads.Layer(4, 2, 2, Mask.None, 1), 5, 1).Problem with { Output = None }));

    [Fact]
    public void UnknownValuesAreRefused() =>
        Assert.Equal(110, Code(PlantedOutput.Beside(ManyHeads.Layer(4, 2, 2, Mask.None, 1), 5, 1).Problem with { Value = None }));

    [Fact]
    public void AnOutputOfAnotherShapeIsRefused() =>
        Assert.Equal(110, Code(PlantedOutput.Beside(ManyHeads.Layer(4, 2, 2, Mask.None, 1), 5, 1).Problem with { Output = Matrix.Identity(4) }));

    [Fact]
    public void ACancelledSearchEnds()
    {
        var (problem, _) = PlantedOutput.Beside(ManyHeads.Layer(4, 2, 2, Mask.None, 1), 5, 1);
        var answer = OutputLinear.Solve(problem, SolverOptions.Default with { Cancellation = new CancellationToken(canceled: true) });
        Assert.Equal(390, answer.Match(Succ: _ => 0, Fail: e => e.Code));
    }

    private static Estimate Solve(Problem problem) => OutputLinear.Solve(problem, SolverOptions.Default).ThrowIfFail();

    private static double Condition(Matrix a) => a.ToMathNet().ConditionNumber();

    private static int Code(Problem problem) => OutputLinear.Solve(problem, SolverOptions.Default).Match(Succ: _ => 0, Fail: e => e.Code);
}

/// <summary>Sizes of a layer whose heads' values span the states.</summary>
public sealed record LayerSize(int Heads, int Width, int N, Mask Mask, bool Rotary, int Seed)
{
    internal AttentionLayer Layer() => ManyHeads.Layer(
        Heads * Width, Heads, Width, Mask, Seed, queryBias: Seed % 2 == 0, keyBias: Seed % 3 == 0,
        rotary: Rotary ? Pipeline.Rotary.Of(100, Width) : None) with
    { Scale = 0.5 / (Heads * Width) };
}

public static class LayerSizes
{
    public static Arbitrary<LayerSize> Sizes() => Arb.From(
        from heads in Gen.Choose(1, 3)
        from half in Gen.Choose(1, 3)
        from n in Gen.Choose(2, 14)
        from mask in Gen.Elements(Mask.None, Mask.Causal)
        from rotary in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue / 2)
        select new LayerSize(heads, 2 * half, n, mask, rotary, seed),
        size => size.N > 2 ? [size with { N = size.N - 1 }] : Enumerable.Empty<LayerSize>());
}
