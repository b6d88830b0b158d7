using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>X from X + Attn(X).</summary>
public class ResidualStreamTests
{
    [Property(MaxTest = 40, Arbitrary = [typeof(LayerSizes)])]
    public void AContractionIsUndone(LayerSize size)
    {
        // Values a tenth of the stream's size: the fixed point converges by itself.
        var (layer, truth) = Planted(size, 0.1 / Math.Sqrt(size.Heads * size.Width));
        var estimate = Solve(layer, truth);
        Assert.True(estimate.Solver.Converged, $"{size}: {estimate.Solver}");
        Assert.True(Compare.RelativeError(estimate.States, truth) <= 1e-8, $"{size}: {Compare.RelativeError(estimate.States, truth):e1}");
    }

    [Property(MaxTest = 10, Arbitrary = [typeof(LayerSizes)])]
    public void WhatIsNoContractionIsUndoneOrSaysThatItIsNot(LayerSize size)
    {
        var (layer, truth) = Planted(size, 1 / Math.Sqrt(size.Heads * size.Width));
        var estimate = Solve(layer, truth);
        var left = Stream(layer, truth) - Stream(layer, estimate.States);
        Assert.Equal(estimate.Solver.Converged, left.MaxNorm() <= SolverOptions.Default.Tolerance * Stream(layer, truth).MaxNorm());
    }

    [Theory]
    [InlineData(Mask.None, 0.35)]
    [InlineData(Mask.Causal, 0.5)]
    public void NewtonTakesOverWhereTheFixedPointDoesNotConverge(Mask mask, double size)
    {
        // Ten draws each; several X explain a stream that attention dominates, so what counts is that one is found.
        var solved = Enumerable.Range(0, 10).Count(seed =>
        {
            var (layer, truth) = Planted(new LayerSize(2, 4, 6, mask, false, seed), size);
            return Solve(layer, truth).Solver.Converged;
        });
        Assert.True(solved >= 5, $"{solved} of 10");
    }

    [Theory]
    [InlineData(Mask.Causal, 0)]
    [InlineData(Mask.Causal, 1)]
    [InlineData(Mask.Causal, 2)]
    [InlineData(Mask.None, 0)]
    [InlineData(Mask.None, 2)]
    public void TheDerivativeIsThatOfTheBranch(Mask mask, int norm)
    {
        var (plain, h) = Planted(new LayerSize(2, 4, 5, mask, true, 2), 1);
        var layer = plain with { StreamNorm = Normed(norm, h.Rows) };
        var branch = ResidualStream.Branch(layer, h).Value();
        var u = Draw.Gaussian(new Random(1), 8, 5);
        const double step = 1e-5;
        var differences = 0.5 / step * (branch.At(h + step * u) - branch.At(h - step * u));
        var tokens = branch.Project(h, 0);
        var along = Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 5)
            .Select(t => branch.Moves(tokens, i, t, Matrix.Create(1, 8, (_, c) => u[c, t]))).Aggregate((a, b) => a + b)).ToArray();
        // Central differences: 1e-10 by the third derivative, 1e-11 by rounding.
        Assert.True((differences - Matrix.Create(8, 5, (c, i) => along[i][0, c])).MaxNorm() <= 1e-7 * differences.MaxNorm());
    }

    [Fact]
    public void UnknownValuesAreRefused() =>
        Assert.Equal(110, ResidualStream.Solve(ManyHeads.Layer(4, 2, 2, Mask.None, 1), Matrix.Identity(4), SolverOptions.Default)
            .Match(Succ: _ => 0, Fail: e => e.Code));

    private static Norm Normed(int kind, int d)
    {
        var random = new Random(7);
        Seq<double> Numbers() => toSeq(Enumerable.Range(0, d).Select(_ => 1 + 0.3 * Draw.Normal(random)).ToArray());
        return kind switch { 0 => new Norm.Identity(), 1 => new Norm.Rms(Numbers(), 1e-2), _ => new Norm.Layer(Numbers(), Numbers(), 1e-2) };
    }

    private static (AttentionLayer Layer, Matrix Truth) Planted(LayerSize size, double values)
    {
        var (layer, random) = (size.Layer(), new Random(size.Seed + 3));
        var d = layer.D;
        return (layer with
        {
            Value = values * Draw.Gaussian(random, d, d),
            ValueBias = toSeq(Enumerable.Range(0, d)).Map(_ => Draw.Normal(random)).Strict(),
            OutputProjection = HouseholderQr.Of(Draw.Gaussian(random, d, d)).Q(),
            OutputBias = toSeq(Enumerable.Range(0, d)).Map(_ => Draw.Normal(random)).Strict(),
        }, ManyHeads.States(layer, size.N, size.Seed));
    }

    private static Matrix Stream(AttentionLayer layer, Matrix x)
    {
        var projection = layer.OutputProjection.IfNone(x);
        var mixed = PlantedOutput.Outputs(layer, x, layer.Value.IfNone(x)) * projection;
        return x + Matrix.Create(x.Columns, x.Rows, (i, c) => mixed[i, c] + layer.OutputBias.IfNone(Empty)[c]
            + Enumerable.Range(0, x.Rows).Sum(k => layer.ValueBias.IfNone(Empty)[k] * projection[k, c])).Transpose();
    }

    private static Estimate Solve(AttentionLayer layer, Matrix truth) =>
        ResidualStream.Solve(layer, Stream(layer, truth), SolverOptions.Default).ThrowIfFail();
}
