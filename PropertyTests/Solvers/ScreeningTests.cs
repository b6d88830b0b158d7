using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Solvers;

/// <summary>From random starts: those that a short walk side by side leaves lowest arrive where the first come would not.</summary>
public class ScreeningTests(ITestOutputHelper output)
{
    private const int Problems = 15;

    [Theory]
    [InlineData(4, 8, 12)]
    [InlineData(6, 12, 10)]
    [InlineData(8, 24, 11)]
    public void MostCausalMapsAreReachedFromAnywhere(int d, int n, int atLeast)
    {
        var arrived = Enumerable.Range(0, Problems).Count(seed => Solve(d, n, seed, threads: 1).Solver.Converged);
        output.WriteLine($"d = {d}, n = {n}: {arrived} of {Problems}");
        Assert.InRange(arrived, atLeast, Problems);
    }

    [Fact]
    public void TheAnswerDoesNotDependOnThreads() =>
        Assert.Equal(Solve(6, 12, 3, threads: 1).States, Solve(6, 12, 3, threads: 3).States);

    private static Estimate Solve(int d, int n, int seed, int threads)
    {
        var (problem, _) = Planted.OneHead(d, n, seed, mask: Mask.Causal);
        return IterativeSolvers.LevenbergMarquardt()(
            problem, SolverOptions.Default with { Seed = (ulong)seed, Restarts = 4, MaxIterations = 100, Threads = threads }).ThrowIfFail();
    }
}
