using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Subspaces;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Solvers;

/// <summary>How often a random start is enough: of 20 problems, each with a start of its own.</summary>
public class RandomStartFigures(ITestOutputHelper output)
{
    private static readonly int Tries = Sweep.IsFull ? 20 : 4;

    // Half of them, less what chance does to so few.
    private static int Half => Sweep.IsFull ? 7 : 1;

    /// <summary>The second row has fewer tokens than the subspaces need, 9.</summary>
    [Theory]
    [InlineData(16, 4, 8, 16)]
    [InlineData(16, 4, 4, 8)]
    public void SeveralHeads(int d, int heads, int width, int n)
    {
        if (!Sweep.IsFull && width == 4) return;
        var (steps, worst) = (new List<int>(), 0.0);
        for (var seed = 0; seed < Tries; seed++)
        {
            var drawn = new DrawnLayer(d, heads, width, seed);
            var found = Polish.From(drawn.Problem(n), Draw.Gaussian(new Random(1000 + seed), d, n), SolverOptions.Default with { MaxIterations = 200 }).Value();
            if (!found.Solver.Converged) continue;
            steps.Add(found.Solver.Iterations);
            worst = Math.Max(worst, drawn.Error(found.States, drawn.States(n)));
        }

        steps.Sort();
        output.WriteLine(FormattableString.Invariant(
            $"| {d}, {heads} of {width} | {n} | {steps.Count} of {Tries} | {steps[0]} to {steps[^1]}, median {steps[steps.Count / 2]} | {worst:e0} |"));
        Assert.True(steps.Count >= Half && worst <= 1e-9, $"{steps.Count}, {worst:e1}");
    }

    /// <summary>Where several X explain what was observed, the residual does not tell which was found: the last column counts the truth.</summary>
    [Theory]
    [InlineData(Observation.Output, Mask.None)]
    [InlineData(Observation.Output, Mask.Causal)]
    [InlineData(Observation.Attention, Mask.None)]
    public void OneHead(Observation observation, Mask mask)
    {
        foreach (var (solver, restarts) in new[] { (IterativeSolvers.LevenbergMarquardt(), 0), (IterativeSolvers.Newton(), 0), (IterativeSolvers.LevenbergMarquardt(), 4), (IterativeSolvers.Newton(), 4) })
        {
            var found = Enumerable.Range(0, Tries).Select(seed =>
            {
                var (problem, x) = Planted.OneHead(4, 8, seed, observation, mask);
                var estimate = solver(problem, SolverOptions.Default with { Seed = (ulong)seed, Restarts = restarts }).ThrowIfFail();
                return (estimate.Solver, Misfit: Planted.Misfit(problem, estimate.States), Error: Compare.RelativeError(estimate.States, x));
            }).Where(one => one.Solver.Converged).OrderBy(one => one.Solver.Iterations).ToArray();
            output.WriteLine(FormattableString.Invariant(
                $"| {observation}, {mask} | {found.FirstOrDefault().Solver?.Name} | {restarts} | {found.Length} of {Tries} | {found.ElementAtOrDefault(found.Length / 2).Solver?.Iterations} | {found.Select(one => one.Misfit).DefaultIfEmpty().Max():e0} | {found.Count(one => one.Error <= 1e-6)} |"));
            Assert.All(found, one => Assert.True(one.Misfit <= 1e-9, $"{one}"));
            if (restarts > 0) Assert.True(found.Length >= Half, $"{found.Length}");
        }
    }
}
