using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Solvers;

/// <summary>The polish brings a start near the truth to what the storage of the maps leaves.</summary>
public class PolishTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void StatesOfATrainedModelFromItsSinglePrecisionMaps(int layer)
    {
        var problem = Recover.Question(
            SamplePaths.Model("stories260k"), SamplePaths.Capture("stories260k-n96.safetensors"), Selection.Default with { Layer = layer }).Value().Problem;
        var truth = Load.Truth(SamplePaths.Capture("stories260k-n96.truth.json")).Value().States[layer];
        var start = truth + 1e-4 * (truth.FrobeniusNorm() / Math.Sqrt(truth.Values.Length)) * Draw.Gaussian(new Random(layer), truth.Rows, truth.Columns);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var found = Polish.From(problem, start, SolverOptions.Default).Value();
        var (seen, all) = (Error(Tokens(found.States, 4), Tokens(truth, 4)), Error(found.States, truth));
        log.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s, {found.Solver}, error {seen:E2} from token 4 on, {all:E2} of all");
        // Token i < 4 is asked by 4 key heads of 8 and asks by 8 heads with i keys to tell apart: 32 + 8i of 64 directions.
        Assert.True(seen <= 1e-6 && found.Solver.Converged);
    }

    private static Matrix Tokens(Matrix x, int first) => Matrix.Create(x.Rows, x.Columns - first, (a, i) => x[a, first + i]);

    private static double Error(Matrix found, Matrix truth) => (found - truth).FrobeniusNorm() / truth.FrobeniusNorm();
}
