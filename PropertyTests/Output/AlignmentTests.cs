using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>A known column, or a front end, chooses the one X among all that explain a map.</summary>
[Properties(Arbitrary = [typeof(Arbitraries)], MaxTest = 100)]
public class AlignmentTests
{
    // Two eigenvectors of its W⁻ᵀW are nearly parallel: their condition is 5e4.
    private static readonly OneHead NearlyParallel = new(7, 8, 891985080);

    // The reflection of its second known column would lengthen X by 5e4.
    private static readonly OneHead NearlyIsotropic = new(10, 11, 950392453);

    [Property]
    public void OneKnownColumnFixesTheTorus(OneHead drawn)
    {
        var well = drawn with { N = 2 * drawn.D + 4 };
        var problem = Knowing(well.Problem(Observation.Attention, Form.Generic), well.Truth(), 1);
        var verdict = Solved(problem);
        // Conditioning of the eigenvectors of a random W, as in TheAnswerIsTheTruthUpToAnIsometry.
        var lost = Cosquare.Of(problem.Layer.Heads[0].Product).ThrowIfFail().Spectrum.Vectors.ConditionNumber().Real;
        var error = Compare.RelativeError(verdict.Estimate.States, well.Truth());
        Assert.True(error <= 1e-12 * lost * lost, $"{well}: {error:e1}, condition {lost:e1}");
        Assert.Equal((VerdictKind.Recovered, Symmetry.Unique, 0), (verdict.Kind, verdict.Identifiability.Symmetry, verdict.Identifiability.Nullity));
    }

    [Fact]
    public void VectorsThatAreNearlyParallelHideNoShare() => OneKnownColumnFixesTheTorus(NearlyParallel);

    [Property]
    public void SymmetricFormsNeedAColumnForEveryDimensionButOne(OneHead drawn)
    {
        var well = drawn with { N = 2 * drawn.D + 4 };
        var problem = well.Problem(Observation.Attention, Form.Symmetric);
        for (var known = 1; known < drawn.D; known++)
        {
            var left = drawn.D - known;
            var verdict = Solved(Knowing(problem, well.Truth(), known));
            Assert.Equal(left * (left - 1) / 2, verdict.Identifiability.Nullity);
            Assert.Equal(VerdictKind.RecoveredUpToSymmetry, verdict.Kind);
        }
    }

    [Fact]
    public void AReflectionThatNearlyVanishesIsNotTaken() => SymmetricFormsNeedAColumnForEveryDimensionButOne(NearlyIsotropic);

    [Property]
    public void TheLastReflectionIsNamedAndTheColumnAfterItSettlesIt(OneHead drawn)
    {
        var well = drawn with { N = 2 * drawn.D + 4 };
        var (problem, truth) = (well.Problem(Observation.Attention, Form.Symmetric), well.Truth());
        var open = Knowing(problem, truth, drawn.D - 1);
        var verdict = Solved(open);
        Assert.Equal((VerdictKind.RecoveredUpToSymmetry, Symmetry.Reflection), (verdict.Kind, verdict.Identifiability.Symmetry));
        var other = Naming.Mirrored(open, verdict.Estimate.States).IfNone(() => throw new InvalidOperationException("no mirror image"));
        var nearest = Math.Min(Compare.RelativeError(verdict.Estimate.States, truth), Compare.RelativeError(other, truth));
        // One reflection after the other loses digits, as far as the form on the known columns is near singular.
        Assert.True(nearest <= 1e-6, $"{well}: {nearest:e1}");

        var settled = Solved(Knowing(problem, truth, drawn.D));
        Assert.Equal((VerdictKind.Recovered, Symmetry.Unique), (settled.Kind, settled.Identifiability.Symmetry));
    }

    [Fact]
    public void AFrontEndFixesTheTorusToo()
    {
        var drawn = new OneHead(9, 24, 3);
        var random = new Random(4);
        var end = new FrontEnd(Draw.Gaussian(random, 9, 5), Draw.Gaussian(random, 9, 24));
        var truth = end.Projection * Draw.Gaussian(random, 5, 24) + end.Offset;
        var problem = Draw.Problem(drawn.Layer(Form.Generic), truth, Observation.Attention) with { FrontEnd = Some(end) };
        Assert.True(Compare.RelativeError(Invert.Auto(SolverOptions.Default)(problem).ThrowIfFail().States, truth) <= 1e-9);
    }

    [Fact]
    public void SeveralHeadsNeedASignOnly()
    {
        var layer = ManyHeads.Layer(6, 3, 2, Mask.None, 2);
        var (problem, truth) = (ManyHeads.Problem(layer, 7, 2), ManyHeads.States(layer, 7, 2));
        var estimate = new Estimate(-1 * truth, new SolverReport("drawn", 0, 0, true, 0), None);
        Assert.Equal(truth, Alignment.Aligned(Knowing(problem, truth, 1), estimate).States);
        Assert.Equal(-1 * truth, Alignment.Aligned(problem, estimate).States);
    }

    [Fact]
    public void BehindABiasAKnownColumnChoosesTheMirrorImage()
    {
        var layer = ManyHeads.Layer(6, 3, 2, Mask.None, 2, queryBias: true);
        var (problem, truth) = (ManyHeads.Problem(layer, 7, 2), ManyHeads.States(layer, 7, 2));
        var mirrored = Naming.Mirrored(problem, truth).IfNone(() => throw new InvalidOperationException("no mirror image"));
        var estimate = new Estimate(mirrored, new SolverReport("drawn", 0, 0, true, 0), None);
        Assert.True(Compare.RelativeError(Alignment.Aligned(Knowing(problem, truth, 1), estimate).States, truth) < 1e-12);
    }

    [Fact]
    public void ABiasBeyondTheReachOfTheWeightsLeavesNothingToChoose()
    {
        var layer = ManyHeads.Layer(6, 4, 2, Mask.None, 2, queryBias: true);
        var (problem, truth) = (ManyHeads.Problem(layer, 7, 2), ManyHeads.States(layer, 7, 2));
        var estimate = new Estimate(-1 * truth, new SolverReport("drawn", 0, 0, true, 0), None);
        Assert.Equal(estimate, Alignment.Aligned(Knowing(problem, truth, 1), estimate));
    }

    [Fact]
    public void AKnownColumnThatPairsHaveNoShareInLeavesThemFree()
    {
        FreeBesideTheFirst(new OneHead(4, 9, 6));
        FreeBesideTheFirst(NearlyParallel with { N = 18 });
    }

    private static void FreeBesideTheFirst(OneHead drawn)
    {
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        var cosquare = Cosquare.Of(problem.Layer.Heads[0].Product).ThrowIfFail();
        // A column in one eigenvector and its conjugate: what turns the others alone is still free.
        var first = Enumerable.Range(0, drawn.D).First(i => cosquare.Partner[i] != i);
        var column = toSeq(Enumerable.Range(0, drawn.D)).Map(c =>
            (cosquare.Spectrum.Vectors[c, first] + cosquare.Spectrum.Vectors[c, cosquare.Spectrum.Conjugate(first)]).Real).Strict();
        var quadruple = first < cosquare.Spectrum.Upper && !cosquare.OnCircle(first);
        var found = Identify.At(problem with { Known = Map((0, column)) }, drawn.Truth()).ThrowIfFail();
        var left = drawn.D / 2 - (quadruple ? 2 : 1);
        Assert.Equal(left == 0 ? Symmetry.Unique : Symmetry.Torus(left), found.Symmetry);
    }

    private static Problem Knowing(Problem problem, Matrix truth, int columns) => problem with
    {
        Known = toMap(Enumerable.Range(0, columns).Select(k =>
            (2 * k % truth.Columns, toSeq(Enumerable.Range(0, truth.Rows)).Map(c => truth[c, 2 * k % truth.Columns]).Strict()))),
    };

    private static Verdict Solved(Problem problem) => (
        from estimate in Invert.Auto(SolverOptions.Default)(problem)
        from verdict in Verify.Against(problem)(estimate)
        select verdict).ThrowIfFail();
}
