using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>The last stage says what the answer deserves, from the problem and the answer alone.</summary>
public class VerifyTests
{
    /// <summary>Draws whose Jacobian has a singular value of some 1e-8 of the largest: far above the noise of double precision, though its square is not above rounding.</summary>
    [Theory]
    [InlineData(12, 13, 1969025347)]
    [InlineData(8, 9, 1579)]
    public void ADirectionThatIsHardlySeenIsNotBelowTheNoise(int d, int n, int seed) => Assert.True(TheClosedFormIsRecoveredUpToItsSymmetry(new OneHead(d, n, seed)));

    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 50)]
    public bool TheClosedFormIsRecoveredUpToItsSymmetry(OneHead drawn)
    {
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        var verdict = (from estimate in Congruence.Solve(problem, SolverOptions.Default)
                       from judged in Verify.Against(problem)(estimate)
                       select judged).ThrowIfFail();
        return verdict.Kind == VerdictKind.RecoveredUpToSymmetry && verdict.Identifiability.Symmetry == Symmetry.Torus(drawn.D / 2);
    }

    [Property(Arbitrary = [typeof(Arbitraries)], MaxTest = 50)]
    public bool AWrongAnswerIsNotConverged(OneHead drawn)
    {
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        var wrong = drawn.Truth() + 0.1 * Draw.Gaussian(new Random(drawn.Seed + 9), drawn.D, drawn.N);
        return Judge(problem, wrong).Kind == VerdictKind.NotConverged;
    }

    [Fact]
    public void ATruthThatTheMapsHideIsUnderdetermined()
    {
        var layer = ManyHeads.Layer(6, 1, 2, Mask.None, 2);
        Assert.Equal(VerdictKind.Underdetermined, Judge(ManyHeads.Problem(layer, 8, 2), ManyHeads.States(layer, 8, 2)).Kind);
    }

    [Fact]
    public void WithAQueryBiasThatShowsItIsRecovered()
    {
        var layer = ManyHeads.Layer(6, 4, 2, Mask.None, 2, queryBias: true);
        Assert.Equal(VerdictKind.Recovered, Judge(ManyHeads.Problem(layer, 5, 2), ManyHeads.States(layer, 5, 2)).Kind);
    }

    [Fact]
    public void ASymmetricFormIsRecoveredUpToItsOrthogonalGroup()
    {
        var drawn = new OneHead(5, 8, 21);
        var problem = drawn.Problem(Observation.Scores, Form.Symmetric);
        var verdict = Judge(problem, InversionProperties.Solve(problem).States);
        Assert.Equal(VerdictKind.RecoveredUpToSymmetry, verdict.Kind);
        Assert.StartsWith("orthogonal(", verdict.Identifiability.Symmetry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void StoredInSinglePrecisionTheTruthStillExplainsTheMap()
    {
        var drawn = new OneHead(6, 12, 5);
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        var stored = problem with { Precision = Precision.Float32, Observed = problem.Observed.Map(p => p.Map(v => (float)v)).Strict() };
        var verdict = Judge(stored, drawn.Truth());
        Assert.Equal(VerdictKind.RecoveredUpToSymmetry, verdict.Kind);
        Assert.True(verdict.Residual.Max <= verdict.Residual.NoiseFloor);
    }

    [Fact]
    public void StatesOfAnotherShapeAreBadInput()
    {
        var problem = new OneHead(5, 8, 21).Problem(Observation.Attention, Form.Generic);
        var answer = Verify.Against(problem)(new Estimate(Matrix.Identity(3), Report, None));
        Assert.Equal(251, answer.Match(Succ: _ => 0, Fail: e => e.Code));
    }

    [Theory]
    [InlineData(40, false, VerdictKind.Recovered)]
    [InlineData(40, true, VerdictKind.Partial)]
    [InlineData(2, false, VerdictKind.Partial)]
    public void TokensAreJudgedByMarginAndTies(double margin, bool tied, VerdictKind expected)
    {
        var drawn = new OneHead(4, 3, 2);
        var certificates = Seq(
            new Certificate(0, 5, 99, Empty),
            new Certificate(1, 7, 50, tied ? Seq1(8) : Empty),
            new Certificate(2, 9, margin, Empty));
        var estimate = new Estimate(drawn.Truth(), Report, new TokenReading(Seq(5, 7, 9), certificates));
        var verdict = Verify.Against(drawn.Problem(Observation.Attention, Form.Generic))(estimate).ThrowIfFail();
        Assert.Equal((expected, tied ? 1 : 0), (verdict.Kind, verdict.Identifiability.Nullity));
        if (expected == VerdictKind.Partial)
            Assert.Contains(tied ? "position 1" : "position 2", verdict.Identifiability.Reason, StringComparison.Ordinal);
    }

    private static SolverReport Report => new("drawn", 0, 0, true, 0);

    private static Verdict Judge(Problem problem, Matrix states) =>
        Verify.Against(problem)(new Estimate(states, Report, None)).ThrowIfFail();
}
