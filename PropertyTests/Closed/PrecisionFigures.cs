using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Closed;

/// <summary>How exactly one head is inverted, before and after the polish that belongs to the closed form.</summary>
public class PrecisionFigures(ITestOutputHelper output)
{
    private const double Polished = 1e-12;

    public static TheoryData<int, int, int> Sizes => Sweep.IsFull
        ? new() { { 4, 8, 10 }, { 16, 32, 10 }, { 64, 128, 10 }, { 128, 256, 10 }, { 64, 65, 20 } }
        : new() { { 4, 8, 10 }, { 16, 32, 3 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryDrawIsInverted(int d, int n, int draws)
    {
        var before = Errors(d, n, draws, SolverOptions.Default with { MaxIterations = 0 });
        var after = Errors(d, n, draws, SolverOptions.Default);
        output.WriteLine(FormattableString.Invariant(
            $"| {d}, {n} | {draws} | {before[draws / 2]:e0} | {before[^1]:e0} | {after[draws / 2]:e0} | {after[^1]:e0} |"));
        Assert.True(after[^1] <= Polished, $"{after[^1]:e1}");
    }

    // max |P − B| of every draw, ascending.
    private static double[] Errors(int d, int n, int draws, SolverOptions options) =>
        [.. Enumerable.Range(0, draws).Select(seed => Misfit(new OneHead(d, n, 100 + seed).Problem(Observation.Attention, Form.Generic), options)).Order()];

    private static double Misfit(Problem problem, SolverOptions options)
    {
        var states = Congruence.Solve(problem, options).Value().States;
        return (Forward.Attention(problem.Layer, problem.Layer.Heads[0], states) - problem.Observed[0]).MaxNorm();
    }

    /// <summary>A trained head of condition 2e6, its map recomputed from the true states in double precision.</summary>
    [Theory]
    [InlineData("kwt1-yes")]
    [InlineData("kwt1-no")]
    public void TheTrainedHeadFromItsDoubleMap(string capture)
    {
        if (!Sweep.IsFull) return;
        var layer = Load.Checkpoint(SamplePaths.Model("kwt1")).Value().Layers[0];
        var truth = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().States[0];
        var problem = Draw.Problem(layer, truth, Observation.Attention);
        var (before, after) = (Misfit(problem, SolverOptions.Default with { MaxIterations = 0 }), Misfit(problem, SolverOptions.Default));
        output.WriteLine(FormattableString.Invariant($"| {capture} | {before:e0} | {after:e0} |"));
        Assert.True(after <= Polished, $"{after:e1}");
    }
}
