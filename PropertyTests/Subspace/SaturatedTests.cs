using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Heads so sure of themselves that much of their maps is below what the format can hold.</summary>
public class SaturatedTests(ITestOutputHelper output)
{
    // Six heads of 16, 2,005 of 15,000 entries stored as zero and 986 as subnormal numbers. The error is 2.1 times what noise makes one expect.
    [Fact]
    public void ATrainedLayer()
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model("bert-mini-shakespeare")).Value();
        var problem = Normalise.Problem(checkpoint, Load.Capture(SamplePaths.Capture("bert-mini-n50.safetensors")).Value(), 1).Value();
        var truth = Load.Truth(SamplePaths.Capture("bert-mini-n50.truth.json")).Value().States[1];
        var found = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Value();
        var polished = Polish.After(problem, found, SolverOptions.Default).Value();
        var (closed, error) = (Error(problem, found.States, truth), Error(problem, polished.States, truth));
        output.WriteLine(FormattableString.Invariant($"closed form {closed:e1}, polished {error:e1}"));
        Assert.True(polished.Solver.Converged);
        Assert.True(closed <= 2e-2, $"{closed:e1}");
        Assert.True(error <= 3e-5, $"{error:e1}");
    }

    // Scores so many times as far apart as usual; a sixth to half of the entries are zeros.
    [Theory]
    [InlineData(32, 8, 4, 30, 1, 30)]
    [InlineData(32, 8, 4, 30, 2, 50)]
    [InlineData(32, 8, 4, 30, 1, 55)]
    [InlineData(32, 4, 8, 40, 4, 40)]
    [InlineData(48, 6, 8, 40, 5, 40)]
    public void ADrawnLayer(int d, int heads, int width, int n, int seed, double loudness)
    {
        var drawn = new DrawnLayer(d, heads, width, seed) { QueryBias = true, KeyBias = true };
        var (problem, x) = (Stored(drawn.Layer() with { Scale = loudness / Math.Sqrt(width) }, drawn.States(n)), drawn.States(n));
        var found = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Bind(closed => Polish.After(problem, closed, SolverOptions.Default)).Value();
        var verdict = Verify.Against(problem)(found).Value();
        var (error, zeros) = (drawn.Error(found.States, x), problem.Observed.Sum(map => map.Values.ToArray().Count(p => p == 0)));
        output.WriteLine(FormattableString.Invariant($"{drawn}, {zeros} of {heads * n * n} are zeros: {error:e1}. {verdict.Identifiability.Reason}"));
        Assert.Equal(VerdictKind.RecoveredUpToSymmetry, verdict.Kind);
        Assert.True(error <= 1e-7, $"{error:e1}");
    }

    // Queries so long that their rows are a one and zeros, along a direction that no key sees: bounds alone say something of it. In the last draw
    // they bound a direction of the other tokens too: 2e-9 or 5e-7, by where in them the answer comes to lie, and the verdict warns of it.
    [Theory]
    [InlineData(30, 1, 15, 1)]
    [InlineData(30, 2, 15, 2)]
    [InlineData(40, 3, 30, 3)]
    [InlineData(30, 4, 20, 3)]
    public void TokensThatZerosHideAreNamedAndTheOthersRecovered(int n, int seed, double loudness, int loud)
    {
        var drawn = new DrawnLayer(32, 8, 4, seed) { QueryBias = true, KeyBias = true, Sharing = 2 };
        var layer = drawn.Layer() with { Scale = loudness / 2 };
        var (quiet, unseen) = (drawn.States(n), Unseen(layer));
        var x = Matrix.Create(32, n, (a, i) => quiet[a, i] + (i < loud ? 300 * unseen[a] : 0));
        var problem = Stored(layer, x);
        var found = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Bind(closed => Polish.After(problem, closed, SolverOptions.Default)).Value();
        var verdict = Verify.Against(problem)(found).Value();
        var others = Compare.With(new Truth("drawn", None, None, Map((layer.Index, x))), problem)(verdict);
        output.WriteLine(FormattableString.Invariant($"{others.TokensCompared} tokens: {others.RelativeError.IfNone(double.NaN):e1}. {verdict.Identifiability.Reason}"));
        Assert.Equal(VerdictKind.Partial, verdict.Kind);
        Assert.Equal(Enumerable.Range(0, loud), verdict.Identifiability.Resolution.Map(resolution => resolution.Undetermined).IfNone(Seq<int>()));
        var expected = verdict.Identifiability.Resolution.Map(resolution => resolution.Error).IfNone(0);
        Assert.True(expected <= 1e-5, $"{expected:e1} is expected");
        Assert.True(others.RelativeError.IfNone(1) <= Math.Max(1e-8, 10 * expected), $"{others}, {expected:e1} is expected");
    }

    // Of X and its mirror image, which explain the maps alike, the smaller one is given: the biases put the other far away.
    [Fact]
    public void OfTwoMirrorImagesTheSmallerOneIsGiven()
    {
        var drawn = new DrawnLayer(32, 8, 4, 11) { QueryBias = true, KeyBias = true };
        var found = Pipeline.Solvers.Subspace.Solve(drawn.Problem(20), SolverOptions.Default).Value().States;
        Assert.True(found.FrobeniusNorm() < UnbiasedLayer.Of(drawn.Layer()).Mirror(found).FrobeniusNorm());
    }

    private static Problem Stored(AttentionLayer layer, Matrix x)
    {
        var problem = Draw.Problem(layer, x, Observation.Attention);
        return problem with { Observed = problem.Observed.Map(map => map.Map(p => (float)p)).Strict(), Precision = Precision.Float32 };
    }

    // A unit vector that all keys take to zero.
    private static double[] Unseen(AttentionLayer layer)
    {
        var keys = UnbiasedLayer.Stack(layer.Heads.Map(head => head.Key));
        var any = Draw.Gaussian(new Random(1), keys.Columns, 1);
        var unseen = any - UnbiasedLayer.LeastNorm(keys, keys * any);
        return ((1 / unseen.FrobeniusNorm()) * unseen).Values.ToArray();
    }

    private static double Error(Problem problem, Matrix found, Matrix truth) =>
        Seq(Some(found), Naming.Mirrored(problem, found)).Somes().Map(x => Compare.RelativeError(x, truth)).Min();
}
