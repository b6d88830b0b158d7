using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Xunit;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>The table of what is determined, reproduced by numerical rank.</summary>
public class NullityTests
{
    // Free directions sit at rounding, 1e-15 of the largest; determined ones of random layers at conditioning, 1e-6 or better.
    private const double ClearGap = 1e4;

    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 30)]
    public bool TheReducedRouteAgreesWithTheDenseOne(OneHead drawn)
    {
        var small = drawn with { D = 2 + drawn.D % 5, N = 3 + drawn.D % 5 + drawn.N % 4 };
        return (from form in new[] { Form.Generic, Form.Symmetric }
                from observation in new[] { Observation.Attention, Observation.Scores }
                select (Problem: small.Problem(observation, form), Form: form))
            .All(p =>
            {
                var reduced = Identify.Reduced(p.Problem, small.Truth()).IfNone(() => throw new InvalidOperationException("not covered"));
                var dense = Identify.Dense(p.Problem, small.Truth());
                var expected = p.Form == Form.Generic ? small.D / 2 : small.D * (small.D - 1) / 2;
                return reduced.Nullity == expected && dense.Nullity == expected && reduced.Symmetry == dense.Symmetry;
            });
    }

    [Theory]
    [InlineData(4, 1, 6)]
    [InlineData(5, 2, 7)]
    [InlineData(6, 2, 8)]
    [InlineData(6, 3, 9)]
    [InlineData(9, 3, 11)]
    public void AHeadOfLowRankLeavesTheRestFree(int d, int r, int n)
    {
        var layer = ManyHeads.Layer(d, 1, r, Mask.None, d + n);
        var found = At(layer, n);
        var expected = n * (d - 2 * r) + r * r + r;
        Assert.Equal(expected, found.Nullity);
        Assert.Equal(Symmetry.Subspace(expected), found.Symmetry);
        Assert.True(found.Gap > ClearGap);
    }

    [Theory]
    [InlineData(4, 2, 3)]
    [InlineData(6, 2, 4)]
    [InlineData(8, 4, 3)]
    [InlineData(8, 2, 5)]
    [InlineData(12, 4, 4)]
    public void SeveralHeadsDetermineAllAtTheCountingBound(int d, int heads, int n)
    {
        var layer = ManyHeads.Layer(d, heads, d / heads, Mask.None, d + n);
        Assert.Equal((0, Symmetry.Sign), Short(At(layer, n)));
        Assert.True(At(layer, n - 1).Nullity > 0);
    }

    [Theory]
    [InlineData(4, 2, 5)]
    [InlineData(6, 3, 5)]
    [InlineData(8, 4, 5)]
    public void SoTheyDoBehindACausalMask(int d, int heads, int n)
    {
        var layer = ManyHeads.Layer(d, heads, d / heads, Mask.Causal, d + n);
        Assert.Equal((0, Symmetry.Sign), Short(At(layer, n)));
        Assert.True(At(layer, n - 1).Nullity > 0);
    }

    [Fact]
    public void AQueryBiasThatTheWeightsReachOnlyMovesTheCentre()
    {
        var layer = ManyHeads.Layer(6, 3, 2, Mask.None, 5, queryBias: true);
        Assert.Equal((0, Symmetry.Reflection), Short(At(layer, 5)));
        var problem = ManyHeads.Problem(layer, 5, 5);
        var mirrored = Naming.Mirrored(problem, ManyHeads.States(layer, 5, 5)).IfNone(() => throw new InvalidOperationException("no mirror image"));
        Assert.All(layer.Heads.Zip(problem.Observed), pair =>
            Assert.True((Forward.Attention(layer, pair.Item1, mirrored) - pair.Item2).MaxNorm() < 1e-12));
    }

    [Fact]
    public void AQueryBiasBeyondTheirReachFixesTheSign() =>
        Assert.Equal((0, Symmetry.Unique), Short(At(ManyHeads.Layer(6, 4, 2, Mask.None, 5, queryBias: true), 5)));

    [Fact]
    public void ABiasWithRotaryPositionsFixesTheSign() =>
        Assert.Equal((0, Symmetry.Unique), Short(At(ManyHeads.Layer(8, 4, 2, Mask.Causal, 6, keyBias: true, rotary: Rotary.Of(10000, 2)), 7)));

    [Fact]
    public void AKeyBiasDoesNot() =>
        Assert.Equal((0, Symmetry.Sign), Short(At(ManyHeads.Layer(6, 3, 2, Mask.None, 5, keyBias: true), 5)));

    [Fact]
    public void RotaryPositionsKeepTheSign() =>
        Assert.Equal((0, Symmetry.Sign), Short(At(ManyHeads.Layer(8, 4, 2, Mask.Causal, 6, rotary: Rotary.Of(10000, 2)), 7)));

    [Fact]
    public void OutputsDetermineTheStates()
    {
        var layer = ManyHeads.Layer(4, 1, 4, Mask.None, 9);
        var problem = ManyHeads.Problem(layer, 6, 9) with { Observation = Observation.Output };
        Assert.Equal((0, Symmetry.Unique), Short(Identify.Dense(problem, ManyHeads.States(layer, 6, 9))));
    }

    [Fact]
    public void BeyondTheDenseSizeTheWeightedRankSpeaks()
    {
        var layer = ManyHeads.Layer(40, 4, 10, Mask.None, 3);
        var found = At(layer, 20);
        Assert.Equal((0, Symmetry.Sign), Short(found));
        Assert.StartsWith("By the rank of the weighted Jacobian", found.Reason, StringComparison.Ordinal);
    }

    private static Identifiability At(AttentionLayer layer, int n) =>
        Identify.At(ManyHeads.Problem(layer, n, n), ManyHeads.States(layer, n, n)).ThrowIfFail();

    private static (int, Symmetry) Short(Identifiability found) => (found.Nullity, found.Symmetry);
}
