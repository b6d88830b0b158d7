using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>What is left of X once the noise of the observation is counted in.</summary>
public class ResolutionTests(ITestOutputHelper log)
{
    // d, heads, width, n, mask: maps alone, with more and with fewer equations than unknowns.
    [Theory]
    [InlineData(12, 3, 4, 6, Mask.None)]
    [InlineData(12, 2, 6, 7, Mask.None)]
    [InlineData(12, 4, 3, 9, Mask.Causal)]
    [InlineData(9, 1, 3, 11, Mask.None)]
    public void TheWeightedRouteAgreesWithTheDenseOne(int d, int heads, int width, int n, Mask mask)
    {
        var layer = ManyHeads.Layer(d, heads, width, mask, d + n, queryBias: true);
        var (problem, truth) = (ManyHeads.Problem(layer, n, n), ManyHeads.States(layer, n, n));
        var (dense, weighted) = (Identify.Dense(problem, truth), Identify.Normal(problem, Information.At(problem, truth)));
        log.WriteLine($"{dense} {weighted} {Counting.Nullity(problem)}");
        Assert.Equal(dense.Nullity, weighted.Nullity);
        Assert.True(Counting.Nullity(problem) <= dense.Nullity);
    }

    // Two heads of half the width and few tokens, as in bert-tiny: n(n − 1) equations from each and no more.
    [Theory]
    [InlineData(6)]
    [InlineData(9)]
    public void TwoWideHeadsLeaveMostOfXFree(int n)
    {
        var (problem, truth) = Wide(n);
        var expected = 64 * n - 2 * n * (n - 1);
        var verdict = Judge(problem, truth);
        log.WriteLine(verdict.Identifiability.Reason);
        Assert.Equal((VerdictKind.Underdetermined, expected), (verdict.Kind, verdict.Identifiability.Nullity));
        Assert.Equal(expected, Counting.Nullity(problem));
        Assert.True(verdict.Identifiability.Gap > NormalRank.ClearGap);
    }

    // Maps in double precision, X off by a little more than their rounding: no float32 arithmetic is that exact, so none is made up for the verdict.
    [Fact]
    public void WhatIsOffByLessThanFloat32IsNotJudgedByIt()
    {
        var layer = ManyHeads.Layer(12, 3, 4, Mask.None, 5, queryBias: true);
        var (problem, truth) = (ManyHeads.Problem(layer, 16, 5), ManyHeads.States(layer, 16, 5));
        var near = truth + 1e-12 * Draw.Gaussian(new Random(2), 12, 16);
        var information = Information.At(problem, near);
        var error = Judge(problem, near).Identifiability.Resolution.Map(resolution => resolution.Error).IfNone(1);
        log.WriteLine(FormattableString.Invariant($"expected {error:e1}, excess {information.Excess:e1}"));
        Assert.True(information.Excess > 4);
        Assert.InRange(error, 1e-13, 1e-10);
    }

    [Fact]
    public void AnOutputBesideThemDeterminesX()
    {
        var (maps, truth) = Wide(13);
        var problem = PolishTests.WithOutput(maps, truth);
        var verdict = Judge(problem, truth);
        log.WriteLine(verdict.Identifiability.Reason);
        Assert.Equal((VerdictKind.Recovered, 0), (verdict.Kind, verdict.Identifiability.Nullity));
        var found = Polish.From(problem, truth + 0.1 * Draw.Gaussian(new Random(3), 64, 13), SolverOptions.Default).Value();
        var error = (found.States - truth).FrobeniusNorm() / truth.FrobeniusNorm();
        var expected = verdict.Identifiability.Resolution.Map(r => r.Error).IfNone(0);
        log.WriteLine($"{error} for {expected}");
        Assert.InRange(error, expected / 10, expected * 10);
    }

    [Fact]
    public void WhatIsPredictedIsWhatThePolishLeaves()
    {
        var layer = ManyHeads.Layer(10, 4, 5, Mask.None, 3, queryBias: true);
        var truth = ManyHeads.States(layer, 24, 4);
        foreach (var precision in new[] { Precision.Float32, Precision.Float16 })
        {
            var problem = PolishTests.Stored(ManyHeads.Problem(layer, 24, 4), precision);
            var found = Polish.From(problem, truth + 1e-3 * ManyHeads.States(layer, 24, 5), SolverOptions.Default).Value();
            var resolution = Resolve.At(problem, found.States).IfNone(() => throw new InvalidOperationException());
            var error = (found.States - truth).FrobeniusNorm() / truth.FrobeniusNorm();
            log.WriteLine($"{precision}: {error} for {resolution.Error}");
            Assert.InRange(error, resolution.Error / 2, resolution.Error * 2);
            Assert.Equal((10, 0), (resolution.Determined, resolution.Hidden));
        }
    }

    [Fact]
    public void ADirectionBelowTheNoiseMakesAnAnswerPartial()
    {
        // Heads see one direction of feature space 10⁻⁶ as strongly as the others: less than float16 shows, more than float64 hides.
        var whole = ManyHeads.Layer(8, 4, 4, Mask.None, 6, queryBias: true);
        var layer = whole with { Heads = whole.Heads.Map(head => head with { Query = Weak(head.Query), Key = Weak(head.Key) }).Strict() };
        var truth = ManyHeads.States(layer, 24, 8);
        var exact = ManyHeads.Problem(layer, 24, 8);
        Assert.Equal(VerdictKind.Recovered, Judge(exact, truth).Kind);
        var stored = PolishTests.Stored(exact, Precision.Float16);
        var verdict = Judge(stored, truth);
        var resolution = Resolve.At(stored, truth).IfNone(() => throw new InvalidOperationException());
        log.WriteLine(verdict.Identifiability.Reason);
        Assert.Equal((VerdictKind.Partial, 7), (verdict.Kind, resolution.Determined));
        Assert.InRange(resolution.Hidden, 24, 26);
        Assert.True(Math.Abs(resolution.Features[7].Direction[0]) > 0.99);
    }

    [Fact]
    public void AKnownColumnAndNothingElseKillsTheTorus()
    {
        var drawn = new OneHead(6, 14, 5);
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        Assert.Equal(3, Identify.At(problem, drawn.Truth()).Value().Nullity);
        var known = problem with { Known = Map((0, Enumerable.Range(0, 6).Select(a => drawn.Truth()[a, 0]).ToSeq().Strict())) };
        var found = Identify.At(known, drawn.Truth()).Value();
        Assert.Equal((0, Symmetry.Unique), (found.Nullity, found.Symmetry));
    }

    [Fact]
    public void TheFirstTokensOfATrainedModelAreNotDetermined()
    {
        var problem = Recover.Question(
            SamplePaths.Model("stories260k"), SamplePaths.Capture("stories260k-n96.safetensors"), Selection.Default).Value().Problem;
        var truth = Load.Truth(SamplePaths.Capture("stories260k-n96.truth.json")).Value().States[0];
        var verdict = Judge(problem, truth);
        log.WriteLine(verdict.Identifiability.Reason);
        // 32 + 24 + 16 + 8: token i < 4 is asked in 4·8 directions and asks in 8·i.
        Assert.Equal((VerdictKind.Partial, 80L), (verdict.Kind, Counting.Nullity(problem)));
        Assert.Equal(80, verdict.Identifiability.Nullity);
        Assert.Equal(Seq(0, 1, 2, 3), verdict.Identifiability.Resolution.Map(r => r.Undetermined).IfNone(Seq<int>()));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void AKeyBiasDropsOutUnlessPositionsTurnIt(bool rotary, bool same)
    {
        var with = ManyHeads.Layer(6, 2, 4, Mask.None, 4, queryBias: true, keyBias: true, rotary: rotary ? Rotary.Of(100, 4) : None);
        var without = with with { Heads = with.Heads.Map(head => head with { KeyBias = None }).Strict() };
        var x = ManyHeads.States(with, 9, 1);
        var difference = (Forward.Attention(with, with.Heads[0], x) - Forward.Attention(without, without.Heads[0], x)).MaxNorm();
        Assert.Equal(same, difference < 1e-12);
    }

    private static Matrix Weak(Matrix weights) => Matrix.Create(weights.Rows, weights.Columns, (a, c) => a == 0 ? 1e-6 * weights[a, c] : weights[a, c]);

    private static (Problem Problem, Matrix Truth) Wide(int n)
    {
        var layer = ManyHeads.Layer(64, 2, 32, Mask.None, 5, queryBias: true, keyBias: true);
        return (PolishTests.Stored(ManyHeads.Problem(layer, n, 6), Precision.Float32), ManyHeads.States(layer, n, 6));
    }

    private static Verdict Judge(Problem problem, Matrix states) =>
        Verify.Against(problem)(new Estimate(states, new SolverReport("drawn", 0, 0, true, 0), None)).Value();
}
