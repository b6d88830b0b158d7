using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Solvers;

/// <summary>What the solvers that walk downhill promise, and what they do not.</summary>
public class IterativeSolverTests(ITestOutputHelper output)
{
    // The promise of the product: every entry of the map, recomputed, within this of the observed one.
    private const double Arrived = 1e-10;

    [Property(MaxTest = 200, Arbitrary = [typeof(PlantedArbitraries)])]
    public void LevenbergMarquardtArrivesFromNearby(PlantedCase c) => Arrives(IterativeSolvers.LevenbergMarquardt(), c);

    [Property(MaxTest = 200, Arbitrary = [typeof(PlantedArbitraries)])]
    public void NewtonArrivesFromNearby(PlantedCase c) => Arrives(IterativeSolvers.Newton(), c);

    [Property(MaxTest = 100, Arbitrary = [typeof(PlantedArbitraries)])]
    public void ConvergedNeverMeansAnythingElse(PlantedCase c)
    {
        // From a start that knows nothing, a few iterations: either it arrived, or it says that it did not.
        var (problem, _) = c.Make();
        foreach (var solver in new[] { IterativeSolvers.LevenbergMarquardt(), IterativeSolvers.Newton(), IterativeSolvers.Gradient() })
        {
            var estimate = solver(problem, SolverOptions.Default with { Seed = (ulong)c.Seed, MaxIterations = 15 }).ThrowIfFail();
            if (estimate.Solver.Converged) Assert.True(Planted.Misfit(problem, estimate.States) <= Arrived, $"{c}: {estimate.Solver}");
        }
    }

    // Of causal outputs the last tokens show so weakly (singular values of the Jacobian near 1e-7 of the largest) that rounding ends the
    // descent earlier.
    [Theory]
    [InlineData(16, 16, Mask.None, Arrived)]
    [InlineData(8, 16, Mask.Causal, 1e-8)]
    public void OutputsAreFittedFromNearby(int d, int n, Mask mask, double within)
    {
        var (problem, truth) = Planted.OneHead(d, n, 3, Observation.Output, mask);
        foreach (var solver in new[] { IterativeSolvers.LevenbergMarquardt(), IterativeSolvers.Newton() })
        {
            var estimate = solver(problem, SolverOptions.Default with { Start = Planted.Near(truth, 4) }).ThrowIfFail();
            Assert.True(Planted.Misfit(problem, estimate.States) <= within, estimate.Solver.ToString());
        }
    }

    // The sizes of docs/results.md; those that take minutes on request only.
    [Fact]
    public void ShippedSizesArriveFromNearby()
    {
        (int D, int N)[] quick = [(16, 17), (16, 32), (32, 32)];
        (int D, int N)[] slow = [(32, 40), (64, 64), (64, 65), (64, 99), (64, 128)];
        foreach (var (d, n) in Sweep.IsFull ? quick.Concat(slow) : quick)
            foreach (var solver in new[] { IterativeSolvers.LevenbergMarquardt(), IterativeSolvers.Newton() })
            {
                var (problem, truth) = Planted.OneHead(d, n, 1);
                var estimate = solver(problem, SolverOptions.Default with { Start = Planted.Near(truth, 101) }).ThrowIfFail();
                var misfit = Planted.Misfit(problem, estimate.States);
                output.WriteLine(FormattableString.Invariant($"{d}x{n} {estimate.Solver.Name}: {estimate.Solver.Iterations} iterations, misfit {misfit:e1}"));
                Assert.True(misfit <= Arrived, $"{d}x{n} {estimate.Solver} misfit {misfit:E2}");
            }
    }

    [Fact]
    public void ConjugateStepsArriveWhereTheMatrixIsTooLargeToFactorise()
    {
        var (problem, truth) = Planted.OneHead(40, 128, 5);
        var estimate = IterativeSolvers.LevenbergMarquardt()(problem, SolverOptions.Default with { Start = Planted.Near(truth, 6) }).ThrowIfFail();
        Assert.True(estimate.Solver.Converged, estimate.Solver.ToString());
        Assert.True(Planted.Misfit(problem, estimate.States) <= Arrived);
    }

    [Fact]
    public void GradientDescentGoesDown()
    {
        var (problem, truth) = Planted.OneHead(4, 8, 1);
        var start = Planted.Near(truth, 2);
        var estimate = IterativeSolvers.Gradient()(problem, SolverOptions.Default with { Start = start, MaxIterations = 500 }).ThrowIfFail();
        Assert.True(Planted.Misfit(problem, estimate.States) < 0.01 * Planted.Misfit(problem, start));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytes()
    {
        var (problem, _) = Planted.OneHead(8, 12, 1);
        var options = SolverOptions.Default with { Seed = 7, Restarts = 2, MaxIterations = 20 };
        var solver = IterativeSolvers.LevenbergMarquardt();
        Assert.Equal(solver(problem, options).ThrowIfFail().States, solver(problem, options).ThrowIfFail().States);
    }

    // Buffers are made before the first iteration: ten more iterations cost no memory, on several threads either: the last
    // size's factors are made on them.
    [Theory]
    [InlineData("lm", 8, 24)]
    [InlineData("lm", 12, 12)]
    [InlineData("newton", 8, 24)]
    [InlineData("gradient", 8, 24)]
    [InlineData("lm", 20, 24)]
    public void IterationsAllocateNothing(string name, int d, int n)
    {
        var solver = name switch
        {
            "lm" => IterativeSolvers.LevenbergMarquardt(),
            "newton" => IterativeSolvers.Newton(),
            _ => IterativeSolvers.Gradient(),
        };
        foreach (var observation in new[] { Observation.Attention, Observation.Scores })
            foreach (var mask in new[] { Mask.None, Mask.Causal })
            {
                // From a start that knows nothing; random scores are not even reached.
                var (problem, _) = Planted.OneHead(d, n, 1, observation, mask);
                var noise = observation == Observation.Scores ? Planted.Normal(new Random(3), n, n, 1) : problem.Observed[0];
                var hard = problem with { Observed = LanguageExt.Prelude.Seq1(noise) };
                long Allocated(int iterations)
                {
                    var options = SolverOptions.Default with { Seed = 5, MaxIterations = iterations };
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var estimate = solver(hard, options).ThrowIfFail();
                    var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.InRange(estimate.Solver.Iterations, Math.Min(iterations, 6), iterations);
                    return bytes;
                }

                // Code that is not yet optimised allocates what optimised code keeps on the stack, and that changes at any time: a few tries.
                var (few, many) = (long.MaxValue, long.MinValue);
                for (var attempt = 0; attempt < 100 && few != many; attempt++) (few, many) = (Allocated(5), Allocated(15));
                Assert.Equal(few, many);
            }
    }

    [Fact]
    public void CancellingEndsTheSearch()
    {
        using var source = new CancellationTokenSource();
        var (problem, _) = Planted.OneHead(40, 128, 5);
        var options = SolverOptions.Default with { Cancellation = source.Token, Progress = _ => source.Cancel() };
        Assert.Equal(390, ((LanguageExt.Common.Error)IterativeSolvers.LevenbergMarquardt()(problem, options)).Code);
    }

    [Fact]
    public void AStartOfTheWrongShapeIsBadInput()
    {
        var (problem, _) = Planted.OneHead(4, 8, 1);
        var fault = (LanguageExt.Common.Error)IterativeSolvers.LevenbergMarquardt()(problem, SolverOptions.Default with { Start = Matrix.Identity(3) });
        Assert.True(Faults.IsBadInput(fault), fault.Message);
    }

    // A tenth of a typical entry; where X is as near as that to a singular one, a tenth of the way: a step may else cross det X = 0, and beyond it lie minima that fit nothing
    // (d = n = 4, scores, seed 1425761659: the least singular value is 0.097, and Levenberg–Marquardt ends, unconverged as it says, at a loss of 9e-6).
    private static double Reach(Matrix truth) => truth.ToMathNet().Svd(computeVectors: false).S.Minimum() is var least and < 0.1 ? 0.1 * least : 0.1;

    private static void Arrives(Solver solver, PlantedCase c)
    {
        var (problem, truth) = c.Make();
        var estimate = solver(problem, SolverOptions.Default with { Start = Planted.Near(truth, c.Seed + 1, Reach(truth)) }).ThrowIfFail();
        var misfit = Planted.Misfit(problem, estimate.States);
        Assert.True(misfit <= Arrived, $"{c}: {estimate.Solver} misfit {misfit:E2}");
    }
}

/// <summary>A planted problem, drawn: sizes on both sides of n = d, scores and maps, with and without a causal mask.</summary>
public sealed record PlantedCase(int D, int N, Observation Observation, Mask Mask, int Seed)
{
    internal (Problem Problem, Matrix Truth) Make() => Planted.OneHead(D, N, Seed, Observation, Mask);
}

public static class PlantedArbitraries
{
    public static Arbitrary<PlantedCase> Case() => Arb.From(
        from d in Gen.Choose(4, 12)
        from n in Gen.Choose(4, 24)
        from observation in Gen.Elements(Observation.Attention, Observation.Scores)
        from mask in Gen.Elements(Mask.None, Mask.Causal)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new PlantedCase(d, n, observation, mask, seed),
        c => (c.D > 4 ? [c with { D = c.D - 1 }] : Enumerable.Empty<PlantedCase>()).Concat(c.N > 4 ? [c with { N = c.N - 1 }] : []));
}
