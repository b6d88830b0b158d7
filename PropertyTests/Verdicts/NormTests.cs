using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Subspaces;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>States are outputs of a norm: of an answer and its mirror image it may take one only.</summary>
public class NormTests(ITestOutputHelper log)
{
    private const int Tokens = 14;

    public static TheoryData<string, string, int> Layers => Sweep.IsFull
        ? new() { { "gpt2-basic", "gpt2-basic-n64", 0 }, { "gpt2-basic", "gpt2-basic-n64", 1 }, { "bert-mini-shakespeare", "bert-mini-n50", 0 }, { "bert-mini-shakespeare", "bert-mini-n50", 1 } }
        : new() { { "gpt2-basic", "gpt2-basic-n64", 1 } };

    // Compared with X alone: the mirror image would be off by more than X is long.
    [Theory]
    [MemberData(nameof(Layers))]
    public void OfATrainedLayerTheStatesThemselves(string model, string capture, int layer)
    {
        var (problem, truth) = Asked(model, capture, layer);
        var verdict = Solved(problem);
        Assert.Equal((VerdictKind.Recovered, Symmetry.Unique), (verdict.Kind, verdict.Identifiability.Symmetry));
        Assert.True(Compare.RelativeError(verdict.Estimate.States, truth) <= 1e-4);
    }

    /// <summary>Every architecture reads the norm that made its states: those of the truth satisfy it to float32. bert-tiny and kwt1 hold none for layer 0.</summary>
    [Theory]
    [InlineData("bert-mini-shakespeare", "bert-mini-n50", 0)]
    [InlineData("bert-tiny-sst2", "bert-tiny-n17", 1)]
    [InlineData("gpt2-basic", "gpt2-basic-n64", 0)]
    [InlineData("nano-sort", "nano-sort-recorded-0", 0)]
    [InlineData("stories260k", "stories260k-n24", 0)]
    [InlineData("kwt1", "kwt1-yes", 1)]
    public void TrueStatesAreOutputsOfTheNormThatWasRead(string model, string capture, int first)
    {
        var layers = Load.Checkpoint(SamplePaths.Model(model)).Value().Layers;
        var truth = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().States;
        Assert.All(layers, layer => Assert.Equal(layer.Index >= first, layer.Norm.IsSome));
        foreach (var (index, x) in truth.Pairs.Where(states => states.Item1 >= first))
        {
            var equations = NormEquations.Of(layers[index]).IfNone(() => throw new InvalidOperationException("no norm"));
            foreach (var i in Enumerable.Range(0, x.Columns))
            {
                var residual = equations.Residual(equations.Undo(x.Transpose().Row(i)), least: 0.5);
                Assert.True(Math.Abs(residual.Mean) <= 1e-5 && Math.Abs(residual.Square) <= 1e-5, $"layer {index}, token {i}: {residual}");
            }
        }
    }

    [Fact]
    public void TheMirrorImageOfATrainedLayersStatesIsNotCalledRecovered()
    {
        var (whole, states) = Asked("gpt2-basic", "gpt2-basic-n64", 1);
        var (problem, truth) = (Beginning(whole, 32), Matrix.Create(states.Rows, 32, (c, i) => states[c, i]));
        var mirrored = Naming.Mirrored(problem, truth).IfNone(() => throw new InvalidOperationException("no mirror image"));
        var verdict = Judged(problem, mirrored);
        Assert.Equal((VerdictKind.RecoveredUpToSymmetry, Symmetry.Reflection), (verdict.Kind, verdict.Identifiability.Symmetry));
        Assert.Equal(VerdictKind.Recovered, Judged(problem, truth).Kind);
    }

    /// <summary>A layer whose states come from a LayerNorm: X and not its mirror image, whichever the solver met first.</summary>
    [Property(MaxTest = 10)]
    public void PlantedStatesComeBackWithoutASymmetry(int seed, bool biased, bool rms)
    {
        var layer = Layer(seed, biased) with { Norm = Gaussian(seed, rms && biased) };
        var x = Norms.Columns(Of(layer), 2 * Draw.Gaussian(new Random(seed + 1), layer.D, Tokens));
        var verdict = Solved(Stored(layer, x, Precision.Float32));
        Assert.Equal((VerdictKind.Recovered, Symmetry.Unique), (verdict.Kind, verdict.Identifiability.Symmetry));
        Assert.True(Compare.RelativeError(verdict.Estimate.States, x) <= 1e-3);
    }

    /// <summary>States that no norm gave satisfy none: all stays as the maps leave it.</summary>
    [Property(MaxTest = 10)]
    public void WhatNoNormGaveIsKnownUpToItsMirrorImage(int seed, bool biased)
    {
        var layer = Layer(seed, biased) with { Norm = Gaussian(seed, rms: false) };
        var x = Draw.Gaussian(new Random(seed + 1), layer.D, Tokens);
        var verdict = Solved(Stored(layer, x, Precision.Float32));
        Assert.Equal(
            (VerdictKind.RecoveredUpToSymmetry, biased ? Symmetry.Reflection : Symmetry.Sign), (verdict.Kind, verdict.Identifiability.Symmetry));
    }

    /// <summary>The bias of the norm is the centre of the reflection: both images are outputs of it.</summary>
    [Property(MaxTest = 10)]
    public void ANormThatTakesBothImagesLeavesBoth(int seed, bool biased, bool rms)
    {
        var layer = Layer(seed, biased);
        var gain = Positive(seed, layer.D);
        var centre = (-1 * UnbiasedLayer.Of(layer).Shift).Values.ToArray();
        Norm norm = rms && !biased ? new Norm.Rms(gain, 1e-5) : new Norm.Layer(gain, toSeq(centre), 1e-5);
        var x = Norms.Columns(norm, Draw.Gaussian(new Random(seed + 1), layer.D, Tokens));
        var verdict = Solved(Stored(layer with { Norm = Some(norm) }, x, Precision.Float32));
        Assert.Equal(VerdictKind.RecoveredUpToSymmetry, verdict.Kind);
        var fit = verdict.Identifiability.Resolution.Bind(resolution => resolution.Norm).IfNone(() => throw new InvalidOperationException("no norm"));
        Assert.True(fit.Misfit <= 10 && fit.Mirrored.Exists(misfit => misfit <= 10), $"{fit}");
    }

    private static Problem Beginning(Problem problem, int n) => problem with
    {
        Dims = Dims.Of(problem.Dims.D, n).Value(),
        Observed = problem.Observed.Map(map => Matrix.Create(n, n, (i, j) => map[i, j])).Strict(),
    };

    // d = 16, four heads of 4.
    private static AttentionLayer Layer(int seed, bool biased) => new DrawnLayer(16, 4, 4, seed) { QueryBias = biased, KeyBias = biased }.Layer();

    private static Option<Norm> Gaussian(int seed, bool rms)
    {
        var (gain, bias) = (Positive(seed, 16), toSeq((0.3 * Draw.Gaussian(new Random(seed + 2), 16, 1)).Values.ToArray()));
        return Some<Norm>(rms ? new Norm.Rms(gain, 1e-5) : new Norm.Layer(gain, bias, 1e-5));
    }

    private static Seq<double> Positive(int seed, int d)
    {
        var random = new Random(seed + 3);
        return toSeq(Enumerable.Range(0, d).Select(_ => 0.5 + random.NextDouble()).ToArray());
    }

    private static Norm Of(AttentionLayer layer) => layer.Norm.IfNone(() => throw new InvalidOperationException("no norm"));

    private static Problem Stored(AttentionLayer layer, Matrix x, Precision precision)
    {
        var problem = Draw.Problem(layer, x, Observation.Attention);
        return problem with { Observed = problem.Observed.Map(map => map.Map(p => (float)p)).Strict(), Precision = precision };
    }

    private Verdict Solved(Problem problem) => Logged(
        Invert.Named("subspace", SolverOptions.Default).Bind(invert => invert(problem))
            .Bind(found => Polish.After(problem, found, SolverOptions.Default)).Bind(Verify.Against(problem)).Value());

    private Verdict Judged(Problem problem, Matrix states) =>
        Logged(Verify.Against(problem)(new Estimate(states, new SolverReport("drawn", 0, 0, true, 0), None)).Value());

    private Verdict Logged(Verdict verdict)
    {
        log.WriteLine($"{verdict.Kind}: {verdict.Identifiability.Reason} {verdict.Identifiability.Resolution.Bind(resolution => resolution.Norm)}");
        return verdict;
    }

    private static (Problem Problem, Matrix Truth) Asked(string model, string capture, int layer) => (
        Recover.Question(
            SamplePaths.Model(model), SamplePaths.Capture($"{capture}.safetensors"), new Selection(layer, Observation.Attention, None)).Value().Problem,
        Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().States[layer]);
}
