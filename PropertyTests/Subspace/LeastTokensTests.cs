using System.Collections.Concurrent;
using System.Diagnostics;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Layers of usual widths at the least number of tokens that the counting allows.</summary>
public class LeastTokensTests(ITestOutputHelper output)
{
    // At the least number of tokens, which leaves no equation to spare.
    private const double Goal = 1e-6;

    [Fact]
    public void EveryLayerIsRecovered()
    {
        var rows = new ConcurrentBag<(string Group, double Error, int Tokens, double Seconds)>();
        foreach (var drawn in Layers())
        {
            var (n, clock) = (drawn.LeastTokens(), Stopwatch.StartNew());
            var problem = drawn.Problem(n);
            var estimate = Subspace.Solve(problem, SolverOptions.Default).Bind(found => Polish.After(problem, found, SolverOptions.Default)).Value();
            var seconds = clock.Elapsed.TotalSeconds;
            var error = drawn.Error(RecoveryTests.Determined(drawn, estimate.States), RecoveryTests.Determined(drawn, drawn.States(n)));
            rows.Add(($"{drawn.D} | {drawn.Heads} of {drawn.Width}, {drawn.Heads / drawn.Sharing} keys | {drawn.Mask}", error, n, seconds));
            if (error > Goal) output.WriteLine(FormattableString.Invariant($"{drawn} n={n}: {error:e1}"));
        }

        foreach (var group in rows.GroupBy(row => row.Group).OrderBy(group => int.Parse(group.Key.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ThenBy(group => group.Key))
        {
            var errors = group.Select(row => row.Error).Order().ToArray();
            output.WriteLine(FormattableString.Invariant(
                $"| {group.Key} | {group.Min(row => row.Tokens)}…{group.Max(row => row.Tokens)} | {errors.Length} | {errors[errors.Length / 2]:e0} | {errors[^1]:e0} | {group.Average(row => row.Seconds):f1} |"));
        }

        Assert.All(rows, row => Assert.True(row.Error <= Goal));
    }

    // The queries' weights have a singular value of 1e-5: the shift that makes up for their bias is ten thousand times as long as a state. Its rounding left
    // 3e-3; without it 8e-8, or 4e-6 where multiply-adds round twice.
    [Fact]
    public void QueriesThatHardlySeeADirectionShiftNothingFar()
    {
        var drawn = new DrawnLayer(128, 16, 8, 1281919420) { Mask = Mask.Causal, Sharing = 2, QueryBias = true, KeyBias = true };
        var (n, problem) = (drawn.LeastTokens(), drawn.Problem(drawn.LeastTokens()));
        var estimate = Subspace.Solve(problem, SolverOptions.Default).Bind(found => Polish.After(problem, found, SolverOptions.Default)).Value();
        var error = drawn.Error(RecoveryTests.Determined(drawn, estimate.States), RecoveryTests.Determined(drawn, drawn.States(n)));
        Assert.True(error <= 1e-4, $"{error:e1}");
    }

    // On request all widths, with fresh draws: minutes.
    private static IEnumerable<DrawnLayer> Layers()
    {
        var full = Sweep.IsFull;
        (int D, int Heads, int Width, int Draws)[] shapes = full
            ? [(32, 8, 4, 4), (32, 4, 8, 4), (64, 8, 8, 4), (64, 16, 4, 4), (128, 16, 8, 2), (128, 8, 16, 1), (256, 32, 8, 1), (256, 16, 16, 1)]
            : [(32, 8, 4, 1), (64, 8, 8, 1)];
        return
            from shape in shapes
            from mask in new[] { Mask.None, Mask.Causal }
            from sharing in new[] { 1, 2 }
            from rotary in new[] { Option<RotaryPairs>.None, Some(RotaryPairs.Halves) }
            from bias in new[] { false, true }
            from draw in Enumerable.Range(0, shape.Draws)
            select new DrawnLayer(shape.D, shape.Heads, shape.Width, full ? Random.Shared.Next() : shape.D + draw)
            {
                Mask = mask,
                Sharing = sharing,
                Rotary = rotary,
                QueryBias = bias,
                KeyBias = bias,
            };
    }
}
