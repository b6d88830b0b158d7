using Unmask.Pipeline;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>A trained model, one layer at a time, from its maps alone.</summary>
public class SampleTests(ITestOutputHelper output)
{
    // Four keys of 8 are half of a state, and token t adds t numbers of each of 8 queries: 64 are there from the fifth token on.
    private const int Open = 4;

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    public void EveryLayerOfStories(int n)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model("stories260k")).Value();
        var capture = Load.Capture(SamplePaths.Capture("stories260k-n96.safetensors")).Value();
        var truth = Load.Truth(SamplePaths.Capture("stories260k-n96.truth.json")).Value();
        for (var layer = 0; layer < 5; layer++)
        {
            var problem = Cut(Normalise.Problem(checkpoint, capture, layer).Value(), n);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var estimate = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Value();
            var x = Columns(truth.States[layer], 0, n);
            var (all, open) = (Error(estimate.States, x), Error(Columns(estimate.States, Open, n), Columns(x, Open, n)));
            output.WriteLine(FormattableString.Invariant(
                $"n={n} layer {layer}: all {all:e1}, from token {Open} on {open:e1}, converged {estimate.Solver.Converged}, {clock.ElapsedMilliseconds} ms"));
            Assert.True(open <= 1e-5, $"layer {layer}: {open:e1}");
        }
    }

    private static Problem Cut(Problem problem, int n) => problem with
    {
        Dims = Dims.Of(problem.Dims.D, n).Value(),
        Observed = problem.Observed.Map(map => Matrix.Create(n, n, (i, j) => map[i, j])).Strict(),
    };

    private static Matrix Columns(Matrix x, int from, int end) => Matrix.Create(x.Rows, end - from, (c, t) => x[c, from + t]);

    private static double Error(Matrix found, Matrix truth) =>
        Math.Min(Compare.RelativeError(found, truth), Compare.RelativeError(-1 * found, truth));
}
