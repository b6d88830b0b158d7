using System.Diagnostics;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>Layers as wide as those in use, whose normal matrix would not be written: up to 99,072 unknowns.</summary>
public class LargeLayerTests(ITestOutputHelper output)
{
    // With tokens to spare, double precision less two or three digits for conditioning. The least number of tokens costs more.
    private const double Exact = 1e-9;

    public static TheoryData<int, int, int, Mask, int> Layers
    {
        get
        {
            var data = new TheoryData<int, int, int, Mask, int> { { 64, 8, 8, Mask.None, 40 } };
            var full = (Environment.GetEnvironmentVariable("FIG") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(',').Select(v => int.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray());
            foreach (var f in full) data.Add(f[0], f[1], f[2], (Mask)f[3], f[4]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void TheStatesComeBack(int d, int heads, int width, Mask mask, int n)
    {
        var drawn = new DrawnLayer(d, heads, width, 1) { Mask = mask };
        var problem = drawn.Problem(n);
        var (steps, clock) = (0, Stopwatch.StartNew());
        var options = SolverOptions.Default with { Progress = p => { if (p.Done % 50 == 0) output.WriteLine($"{p.Done} {p.Residual:e2} {clock.Elapsed.TotalSeconds:f1}"); steps = p.Done; } };
        var estimate = Pipeline.Solvers.Subspace.Solve(problem, options).Match(e => e, e => { output.WriteLine(e.Message); throw new InvalidOperationException(e.Message); });
        var error = drawn.Error(estimate.States, drawn.States(n));
        output.WriteLine(FormattableString.Invariant($"| {d} | {heads} of {width} | {mask} | {n} | {SubspaceCount.Unknowns(problem.Layer)} | {steps} | {error:e1} | {clock.Elapsed.TotalSeconds:f0} |"));
        Assert.True(error <= Exact, $"{drawn} n={n}: {error:e1}");
    }
}
