using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Solvers;

public class IterativeSolverTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, Observation, Mask> Sizes => new()
    {
        { 4, 8, Observation.Attention, Mask.None },
        { 8, 8, Observation.Attention, Mask.Causal },
        { 8, 16, Observation.Scores, Mask.None },
        { 8, 16, Observation.Scores, Mask.Causal },
        { 16, 32, Observation.Attention, Mask.None },
        { 16, 32, Observation.Attention, Mask.Causal },
        { 16, 16, Observation.Output, Mask.None },
        { 8, 32, Observation.Output, Mask.Causal },
        { 11, 23, Observation.Attention, Mask.None },
        { 32, 32, Observation.Attention, Mask.None },
        { 64, 96, Observation.Attention, Mask.None },
        { 64, 128, Observation.Attention, Mask.None },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void LevenbergMarquardtArrivesFromNearby(int d, int n, Observation observation, Mask mask) =>
        Arrives(IterativeSolvers.LevenbergMarquardt(), d, n, observation, mask);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void NewtonArrivesFromNearby(int d, int n, Observation observation, Mask mask) =>
        Arrives(IterativeSolvers.Newton(), d, n, observation, mask);

    private void Arrives(Solver solver, int d, int n, Observation observation, Mask mask)
    {
        for (var seed = 1; seed <= (d > 32 ? 1 : 5); seed++)
        {
            var (problem, truth) = Planted.OneHead(d, n, seed, observation, mask);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var estimate = solver(problem, SolverOptions.Default with { Start = Planted.Near(truth, seed + 100) }).ThrowIfFail();
            var misfit = Planted.Misfit(problem, estimate.States);
            output.WriteLine($"{d}x{n} {observation} {mask} {estimate.Solver} misfit {misfit:E2} in {clock.ElapsedMilliseconds} ms");
            Assert.True(misfit <= 1e-10, $"seed {seed}: {estimate.Solver} misfit {misfit:E2}");
            Assert.True(estimate.Solver.Converged);
        }
    }
}
