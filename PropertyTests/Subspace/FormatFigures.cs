using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Tokens;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>How exactly several heads give X less its mean, up to its sign: by size, number of tokens and format.</summary>
public class FormatFigures(ITestOutputHelper output)
{
    private static readonly int Draws = Sweep.IsFull ? 10 : 1;

    public static TheoryData<int, int, int, Mask, int, string, double> Rows => new()
    {
        { 16, 4, 4, Mask.None, 9, "f64", 1e-9 }, { 32, 8, 4, Mask.None, 9, "f64", 1e-9 },
        { 32, 8, 4, Mask.None, 12, "f64", 1e-12 }, { 32, 8, 4, Mask.None, 20, "f64", 1e-12 }, { 32, 8, 4, Mask.Causal, 24, "f64", 1e-12 },
        { 32, 8, 4, Mask.None, 12, "f32", 2e-7 }, { 32, 8, 4, Mask.None, 20, "f32", 9e-8 },
        { 32, 8, 4, Mask.None, 12, "f16", 1.6e-3 }, { 32, 8, 4, Mask.None, 20, "f16", 5e-4 }, { 32, 8, 4, Mask.None, 40, "f16", 3e-4 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void EveryFormat(int d, int heads, int width, Mask mask, int n, string format, double most)
    {
        // The bounds hold for the worst draw, before the polish already.
        var (alone, polished) = (new List<double>(), new List<double>());
        foreach (var drawn in Enumerable.Range(0, Draws).Select(seed => new DrawnLayer(d, heads, width, seed) { Mask = mask }))
        {
            var problem = Stored(drawn.Problem(n), format);
            alone.Add(Error(Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default), drawn.States(n)));
            polished.Add(Error(Invert.Auto(SolverOptions.Default)(problem), drawn.States(n)));
        }

        alone.Sort();
        polished.Sort();
        output.WriteLine(FormattableString.Invariant(
            $"| {d}, {heads} of {width} | {mask} | {n} | {format} | {alone[Draws / 2]:e0} | {alone[^1]:e0} | {polished[Draws / 2]:e0} | {polished[^1]:e0} |"));
        Assert.True(alone[^1] <= most && polished[^1] <= most, $"{alone[^1]:e1}, polished {polished[^1]:e1}");
    }

    internal static Problem Stored(Problem problem, string format)
    {
        var precision = format switch { "f32" => Precision.Float32, "f16" => Precision.Float16, _ => Precision.Float64 };
        return problem with { Precision = precision, Observed = problem.Observed.Map(map => map.Map(p => SyntheticLayer.Store(precision, p))).Strict() };
    }

    private static double Error(Fin<Estimate> estimate, Matrix truth) => estimate.Match(
        Succ: found => Math.Min(Compare.RelativeError(found.States.CentreRows(), truth.CentreRows()), Compare.RelativeError(-1 * found.States.CentreRows(), truth.CentreRows())),
        Fail: _ => double.PositiveInfinity);
}
