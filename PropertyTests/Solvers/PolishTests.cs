using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Solvers;

/// <summary>The polish brings a start near the truth to what the storage of the maps leaves.</summary>
public class PolishTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void StatesOfATrainedModelFromItsSinglePrecisionMaps(int layer)
    {
        var problem = Recover.Question(
            SamplePaths.Model("stories260k"), SamplePaths.Capture("stories260k-n96.safetensors"), Selection.Default with { Layer = layer }).Value().Problem;
        var truth = Load.Truth(SamplePaths.Capture("stories260k-n96.truth.json")).Value().States[layer];
        var start = truth + 1e-4 * (truth.FrobeniusNorm() / Math.Sqrt(truth.Values.Length)) * Draw.Gaussian(new Random(layer), truth.Rows, truth.Columns);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var found = Polish.From(problem, start, SolverOptions.Default).Value();
        var (seen, all) = (Error(Tokens(found.States, 4), Tokens(truth, 4)), Error(found.States, truth));
        log.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s, {found.Solver}, error {seen:E2} from token 4 on, {all:E2} of all");
        // Token i < 4 is asked by 4 key heads of 8 and asks by 8 heads with i keys to tell apart: 32 + 8i of 64 directions.
        Assert.True(seen <= 1e-6 && found.Solver.Converged);
    }

    [Theory]
    [InlineData(Observation.Attention, Mask.None, false, false)]
    [InlineData(Observation.Attention, Mask.None, true, true)]
    [InlineData(Observation.Attention, Mask.Causal, false, true)]
    [InlineData(Observation.Attention, Mask.Causal, true, false)]
    [InlineData(Observation.Scores, Mask.None, true, true)]
    [InlineData(Observation.Scores, Mask.Causal, false, true)]
    public void AnyLayerToTheRoundingOfItsMaps(Observation observation, Mask mask, bool rotary, bool biased)
    {
        var layer = ManyHeads.Layer(12, 4, 6, mask, 3, biased, biased, rotary ? Rotary.Of(100, 6, RotaryPairs.Neighbours) : None);
        var truth = ManyHeads.States(layer, 24, 4);
        var problem = Stored(ManyHeads.Problem(layer, 24, 4, observation), Precision.Float32);
        // The first tokens of a causal map are asked for by all rows and ask little themselves: they are known here.
        if (mask == Mask.Causal) problem = problem with { Known = Columns(truth, 4) };
        var found = Polish.From(problem, truth + 1e-3 * ManyHeads.States(layer, 24, 5), SolverOptions.Default).Value();
        log.WriteLine($"{found.Solver}, error {Error(found.States, truth):E2}");
        Assert.True(found.Solver.Converged);
        Assert.True(Error(found.States, truth) <= 1e-5); // 6e-8, times the conditioning of a random layer
    }

    [Fact]
    public void WhatAnOutputBesideTheMapsDetermines()
    {
        var layer = ManyHeads.Layer(16, 2, 4, Mask.None, 5); // 2·2·4 = 16 directions at most by the maps, and no scale between the heads
        var truth = ManyHeads.States(layer, 9, 6);
        var problem = WithOutput(Stored(ManyHeads.Problem(layer, 9, 6), Precision.Float32), truth);
        var found = Polish.From(problem, truth + 0.1 * ManyHeads.States(layer, 9, 7), SolverOptions.Default).Value();
        log.WriteLine($"{found.Solver}, error {Error(found.States, truth):E2}");
        Assert.True(found.Solver.Converged && Error(found.States, truth) <= 1e-4);
    }

    [Theory]
    [InlineData(Zeros.Bounded)]
    [InlineData(Zeros.Missing)]
    public void EntriesThatAreMissing(Zeros zeros)
    {
        var layer = ManyHeads.Layer(8, 4, 4, Mask.None, 6, queryBias: true) with { Scale = 1 };
        var truth = ManyHeads.States(layer, 24, 8);
        var problem = Stored(ManyHeads.Problem(layer, 24, 8), Precision.Float16) with { Zeros = zeros };
        Assert.Contains(problem.Observed, map => map.Values.Contains(0));
        var found = Polish.From(problem, truth + 1e-3 * ManyHeads.States(layer, 24, 9), SolverOptions.Default).Value();
        log.WriteLine($"{found.Solver}, error {Error(found.States, truth):E2}");
        Assert.True(Error(found.States, truth) <= 1e-3 && found.Solver.Converged);
    }

    [Fact]
    public void OnlyEntriesThatWereDroppedMayBeLarge()
    {
        var layer = ManyHeads.Layer(8, 4, 4, Mask.None, 6, queryBias: true);
        var truth = ManyHeads.States(layer, 24, 8);
        var whole = Stored(ManyHeads.Problem(layer, 24, 8), Precision.Float32);
        var holes = whole with { Observed = whole.Observed.Map(map => Matrix.Create(24, 24, (i, j) => (7 * i + j) % 9 == 0 ? 0 : map[i, j])).Strict() };
        double After(Zeros zeros) => Error(Polish.From(holes with { Zeros = zeros }, truth + 1e-3 * ManyHeads.States(layer, 24, 9), SolverOptions.Default).Value().States, truth);
        Assert.True(After(Zeros.Missing) <= 1e-5);
        Assert.True(After(Zeros.Bounded) > 1e-3); // a bound that does not hold pulls
    }

    [Fact]
    public void AMapComputedInSinglePrecisionIsNotTakenForOneRoundedOnce()
    {
        var layer = ManyHeads.Layer(12, 4, 6, Mask.None, 3, queryBias: true);
        var truth = ManyHeads.States(layer, 24, 4);
        var exact = ManyHeads.Problem(layer, 24, 4);
        var random = new Random(1);
        var problem = Stored(exact with { Observed = exact.Observed.Map(map => map.Map(p => p * (1 + 2e-7 * Draw.Normal(random)))).Strict() }, Precision.Float32);
        var found = Polish.From(problem, truth + 1e-3 * ManyHeads.States(layer, 24, 5), SolverOptions.Default).Value();
        log.WriteLine($"{found.Solver}, error {Error(found.States, truth):E2}");
        Assert.True(found.Solver.Converged && Error(found.States, truth) <= 1e-4);
        Assert.True(found.Solver.Loss < 0.5 * 4 * 4 * 24 * 24);
    }

    [Fact]
    public void KnownColumnsStay()
    {
        var layer = ManyHeads.Layer(6, 3, 4, Mask.None, 6);
        var truth = ManyHeads.States(layer, 12, 8);
        var problem = Stored(ManyHeads.Problem(layer, 12, 8), Precision.Float32) with { Known = Columns(truth, 2) };
        var found = Polish.From(problem, truth + 1e-2 * ManyHeads.States(layer, 12, 9), SolverOptions.Default).Value();
        Assert.Equal(Tokens(truth, 0).Transpose().Row(1).ToArray(), found.States.Transpose().Row(1).ToArray());
        Assert.True(Error(found.States, truth) <= 1e-5);
    }

    [Fact]
    public void AFreeDirectionStaysWhereItWas()
    {
        var layer = ManyHeads.Layer(8, 1, 2, Mask.None, 6); // W_Q and W_K span four of eight dimensions
        var truth = ManyHeads.States(layer, 12, 8);
        var problem = Stored(ManyHeads.Problem(layer, 12, 8), Precision.Float32);
        var start = truth + 1e-3 * ManyHeads.States(layer, 12, 9);
        var found = Polish.From(problem, start, SolverOptions.Default).Value();
        Assert.True(found.Solver.Converged);
        Assert.True((found.States - start).FrobeniusNorm() <= (truth - start).FrobeniusNorm()); // no step along what is free
    }

    [Fact]
    public void NoBitDependsOnThreads()
    {
        var layer = ManyHeads.Layer(12, 4, 6, Mask.Causal, 3, rotary: Rotary.Of(100, 6));
        var problem = Stored(ManyHeads.Problem(layer, 32, 4), Precision.Float32);
        var start = ManyHeads.States(layer, 32, 4) + 1e-3 * ManyHeads.States(layer, 32, 5);
        var answers = new[] { 1, 2, 5 }.Select(threads => Polish.From(problem, start, SolverOptions.Default with { Threads = threads }).Value().States).ToArray();
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    public void ItAsksForAStartForMapsAndForTime()
    {
        var layer = ManyHeads.Layer(6, 3, 4, Mask.None, 6);
        var (problem, start) = (ManyHeads.Problem(layer, 12, 8), ManyHeads.States(layer, 12, 8));
        Assert.Equal(110, Code(Polish.Solve(problem, SolverOptions.Default)));
        Assert.Equal(110, Code(Polish.From(problem with { Observation = Observation.Output }, start, SolverOptions.Default)));
        Assert.Equal(250, Code(Polish.From(problem, Matrix.Identity(3), SolverOptions.Default)));
        Assert.Equal(330, Code(Polish.From(problem, start.Map(_ => double.NaN), SolverOptions.Default)));
        Assert.Equal(390, Code(Polish.From(problem, start + 0.1 * start, SolverOptions.Default with { Cancellation = new CancellationToken(true) })));
        var stopped = Polish.From(problem, start + 0.1 * start, SolverOptions.Default with { Deadline = new CancellationToken(true) }).Value();
        Assert.False(stopped.Solver.Converged);
    }

    /// <summary>The problem with its matrices rounded to a format.</summary>
    internal static Problem Stored(Problem problem, Precision precision) => problem with
    {
        Precision = precision,
        Observed = problem.Observed.Map(map => Rounded(map, precision)).Strict(),
        Output = problem.Output.Map(output => Rounded(output, precision)),
    };

    /// <summary>The problem with random value weights and the output they give.</summary>
    internal static Problem WithOutput(Problem problem, Matrix truth)
    {
        var (layer, heads) = (problem.Layer, problem.Layer.Heads.Count);
        var value = Draw.Gaussian(new Random(11), layer.D, layer.D / heads * heads);
        var width = value.Columns / heads;
        var outputs = layer.Heads.Map(head => Forward.Attention(layer, head, truth) * (truth.Transpose() * value)).ToArray();
        return problem with
        {
            Value = value,
            Output = Rounded(Matrix.Create(truth.Columns, value.Columns, (i, c) => outputs[c / width][i, c]), problem.Precision),
        };
    }

    private static Matrix Rounded(Matrix map, Precision precision) =>
        map.Map(v => precision == Precision.Float32 ? (float)v : precision == Precision.Float16 ? (double)(Half)v : v);

    private static Map<int, Seq<double>> Columns(Matrix x, int count) =>
        toMap(Enumerable.Range(0, count).Select(i => (i, Enumerable.Range(0, x.Rows).Select(a => x[a, i]).ToSeq().Strict())));

    private static int Code(Fin<Estimate> answer) => answer.Match(Succ: _ => 0, Fail: error => error.Code);

    private static Matrix Tokens(Matrix x, int first) => Matrix.Create(x.Rows, x.Columns - first, (a, i) => x[a, first + i]);

    private static double Error(Matrix found, Matrix truth) => (found - truth).FrobeniusNorm() / truth.FrobeniusNorm();
}
