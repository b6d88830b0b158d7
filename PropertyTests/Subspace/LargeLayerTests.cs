using System.Diagnostics;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Layers as wide as those in use, whose normal matrix would not be written: up to 99,072 unknowns.</summary>
public class LargeLayerTests(ITestOutputHelper output)
{
    // Double precision less two or three digits for conditioning; single precision likewise.
    private const double Exact = 1e-11;
    private const double Single = 1e-4;

    public static TheoryData<int, int, int, Mask, int, string> Layers => Sweep.IsFull
        ? new()
        {
            { 192, 12, 16, Mask.None, 208, "f64" }, { 192, 12, 16, Mask.None, 88, "f64" }, { 192, 12, 16, Mask.Causal, 208, "f64" },
            { 384, 12, 32, Mask.None, 128, "f64" }, { 384, 12, 32, Mask.Causal, 260, "f64" },
            { 768, 12, 64, Mask.None, 512, "f64" }, { 768, 12, 64, Mask.None, 208, "f64" }, { 768, 12, 64, Mask.None, 144, "f64" },
            { 768, 12, 64, Mask.None, 208, "f64, rotary, biases" }, { 768, 12, 64, Mask.None, 512, "f32, biases" },
        }
        : new() { { 144, 4, 36, Mask.None, 160, "f64" } };

    [Theory]
    [MemberData(nameof(Layers))]
    public void TheStatesComeBack(int d, int heads, int width, Mask mask, int n, string kind)
    {
        var biases = kind.Contains("biases", StringComparison.Ordinal);
        var drawn = new DrawnLayer(d, heads, width, 1)
        {
            Mask = mask,
            QueryBias = biases,
            KeyBias = biases,
            Rotary = kind.Contains("rotary", StringComparison.Ordinal) ? Some(RotaryPairs.Halves) : None,
        };
        var problem = FormatFigures.Stored(drawn.Problem(n), kind[..3]);
        var (steps, clock) = (0, Stopwatch.StartNew());
        var estimate = Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default with { Progress = progress => steps = progress.Done }).Value();
        var (error, unknowns) = (drawn.Error(estimate.States, drawn.States(n)), SubspaceCount.Unknowns(problem.Layer));
        output.WriteLine(FormattableString.Invariant(
            $"| {d} | {heads} of {width} | {mask} | {n} | {kind} | {unknowns:n0} | {steps} | {error:e0} | {clock.Elapsed.TotalSeconds:f0} |"));
        Assert.True(error <= (kind[..3] == "f32" ? Single : Exact), $"{drawn} n={n}: {error:e1}");
    }
}
