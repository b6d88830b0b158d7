using LanguageExt;
using Unmask.Pipeline;
using Unmask.PropertyTests.Closed;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>What is observed, how it is stored, and what is missing.</summary>
public class ObservationTests
{
    private static readonly DrawnLayer Drawn = new(32, 8, 4, 11);

    [Theory]
    [InlineData(Mask.None, false)]
    [InlineData(Mask.Causal, false)]
    [InlineData(Mask.Causal, true)]
    public void Scores(Mask mask, bool rotary)
    {
        var drawn = Drawn with { Mask = mask, QueryBias = true, KeyBias = true, Rotary = rotary ? Some(RotaryPairs.Halves) : None };
        // Seven digits at the least number of tokens and more with spare ones: double precision less the conditioning.
        Recovers(drawn, drawn.Problem(30, Observation.Scores), 1e-8);
    }

    [Fact]
    public void RowsThatSumToLessThanOne()
    {
        var problem = Drawn.Problem(20);
        Recovers(Drawn, problem with { Observed = problem.Observed.Map(map => Matrix.Create(20, 20, (i, j) => map[i, j] / (2 + i))).Strict() }, 1e-8);
    }

    [Theory]
    [InlineData(Mask.None)]
    [InlineData(Mask.Causal)]
    public void StoredZerosAreMissing(Mask mask)
    {
        var (drawn, random) = (Drawn with { Mask = mask, Rotary = Some(RotaryPairs.Neighbours) }, new Random(5));
        var problem = drawn.Problem(60);
        // Two of a hundred entries, anywhere but on the diagonal: hardly a row is complete.
        var holes = problem.Observed.Map(map => Matrix.Create(60, 60, (i, j) => i != j && random.Next(50) == 0 ? 0 : map[i, j])).Strict();
        Recovers(drawn, problem with { Observed = holes }, 1e-8);
    }

    // The shape of a small BERT: six heads of 16, no mask, biases. Single precision and weights as badly conditioned as square random ones are.
    [Fact]
    public void SinglePrecision()
    {
        var drawn = new DrawnLayer(96, 6, 16, 1) { QueryBias = true, KeyBias = true };
        var problem = drawn.Problem(50);
        Recovers(drawn, problem with { Observed = problem.Observed.Map(map => map.Map(p => (float)p)).Strict(), Precision = Precision.Float32 }, 1e-4);
    }

    // The bias of square queries without positions is a shift of X, and so does not tell the sign.
    [Fact]
    public void TheMirrorImageGivesTheSameMaps()
    {
        var drawn = Drawn with { QueryBias = true, KeyBias = true };
        var (layer, x) = (drawn.Layer(), drawn.States(12));
        var mirrored = Pipeline.Solvers.UnbiasedLayer.Of(layer).Mirror(x);
        Assert.True(Compare.RelativeError(mirrored, x) > 0.1);
        foreach (var head in layer.Heads)
            Assert.True((Forward.Attention(layer, head, mirrored) - Forward.Attention(layer, head, x)).MaxNorm() <= 1e-11);
    }

    [Fact]
    public void NoBitDependsOnThreads()
    {
        var problem = new DrawnLayer(64, 8, 8, 2) { Mask = Mask.Causal, Sharing = 2, Rotary = Some(RotaryPairs.Halves) }.Problem(60);
        Estimate With(int threads) => Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default with { Threads = threads }).Value();
        Assert.Equal(With(1).States, With(3).States);
    }

    [Fact]
    public void AKnownColumnTellsTheSign()
    {
        var x = Drawn.States(20);
        foreach (var sign in new[] { 1, -1 })
        {
            var known = Map((3, toSeq(Enumerable.Range(0, 32).Select(c => sign * x[c, 3]).ToArray())));
            var found = Pipeline.Solvers.Subspace.Solve(Drawn.Problem(20) with { Known = known }, SolverOptions.Default).Value().States;
            Assert.True(Compare.RelativeError(found, sign * x) <= 1e-8);
        }
    }

    private static void Recovers(DrawnLayer drawn, Problem problem, double tolerance)
    {
        var estimate = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Value();
        var error = drawn.Error(estimate.States, drawn.States(problem.Dims.N));
        Assert.True(error <= tolerance, $"{drawn}: {error:e1}");
        Assert.True(estimate.Solver.Converged);
    }
}
