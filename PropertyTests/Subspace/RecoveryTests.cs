using LanguageExt;
using Unmask.Pipeline;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Layers drawn at random, at the least number of tokens and with a few to spare.</summary>
public class RecoveryTests(ITestOutputHelper output)
{
    // Double precision leaves 16 digits, of which the conditioning at the least number of tokens takes up to ten.
    private const double Tolerance = 1e-6;

    public static TheoryData<int, int, int, Mask, int> Shapes => new()
    {
        { 16, 4, 4, Mask.None, 1 }, { 32, 4, 8, Mask.None, 1 }, { 32, 8, 4, Mask.Causal, 1 }, { 32, 8, 4, Mask.None, 2 },
        { 32, 4, 8, Mask.Causal, 2 }, { 32, 8, 4, Mask.Causal, 8 }, { 64, 8, 8, Mask.None, 1 }, { 64, 8, 8, Mask.Causal, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void StatesAreRecovered(int d, int heads, int width, Mask mask, int sharing)
    {
        foreach (var drawn in Variants(new DrawnLayer(d, heads, width, d + heads) { Mask = mask, Sharing = sharing }))
            foreach (var extra in new[] { 0, 5 })
            {
                var n = drawn.LeastTokens() + extra;
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var estimate = Pipeline.Solvers.Subspace.Solve(drawn.Problem(n), SolverOptions.Default).Value();
                var error = drawn.Error(Determined(drawn, estimate.States), Determined(drawn, drawn.States(n)));
                output.WriteLine(FormattableString.Invariant($"{drawn} n={n}: {error:e1}, {estimate.Solver.Converged}, {clock.ElapsedMilliseconds} ms"));
                Assert.True(error <= Tolerance, $"{drawn} n={n}: {error:e1}");
                Assert.True(estimate.Solver.Converged);
            }
    }

    internal static IEnumerable<DrawnLayer> Variants(DrawnLayer plain) =>
        from rotary in new[] { Option<RotaryPairs>.None, Some(RotaryPairs.Halves), Some(RotaryPairs.Neighbours) }
        from bias in new[] { (false, false), (true, false), (false, true), (true, true) }
        where rotary.IsSome || plain.Sharing * plain.Width < plain.D
        select plain with { Rotary = rotary, QueryBias = bias.Item1, KeyBias = bias.Item2 };

    // The first tokens of a causal map are queries to hardly anything; where shared keys are fewer than d numbers, they stay open.
    internal static Matrix Determined(DrawnLayer drawn, Matrix x)
    {
        var keys = drawn.Heads / drawn.Sharing * drawn.Width;
        var open = drawn.Mask == Mask.None || keys >= drawn.D ? 0 : (drawn.D - keys + drawn.Heads - 1) / drawn.Heads;
        return Matrix.Create(x.Rows, x.Columns - open, (c, t) => x[c, t + open]);
    }
}
