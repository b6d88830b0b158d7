namespace Unmask.Pipeline.Solvers;

/// <summary>Through a map without a mask, in the order in which tokens explain each other best.</summary>
internal sealed class TwoSidedSteps : IStepSource
{
    private readonly Problem _problem;
    private readonly CandidateProjector _projector;
    private readonly double[] _queryNorms;
    private readonly double[] _keyNorms;
    private readonly double[][] _totals;
    private int _next;

    public TwoSidedSteps(Problem problem, CandidateProjector projector, IEnumerable<int> known)
    {
        (_problem, _projector) = (problem, projector);
        var heads = problem.Layer.Heads.Count;
        (_queryNorms, _keyNorms) = (new double[heads], new double[heads]);
        _totals = [.. Enumerable.Range(0, heads).Select(_ => new double[problem.Dims.N])];
        Order = ReadingOrder.Of(known, problem);
    }

    public int[] Order { get; }

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var candidates = _projector.At(Order[_next]) with { Position = _next };
        for (var h = 0; h < _queryNorms.Length; h++)
        {
            _queryNorms[h] = Math.Max(_queryNorms[h], candidates.QueryNorms[h]);
            _keyNorms[h] = Math.Max(_keyNorms[h], candidates.KeyNorms[h]);
        }

        var totals = _totals.Select(row => row[.._next]).ToArray();
        var step = Step(Order.AsSpan(0, _next + 1), candidates, totals);
        for (var h = 0; h < _totals.Length; h++)
        {
            for (var a = 0; a < _next; a++) _totals[h][a] += step.Column[h].Weight[a];
            _totals[h][_next] = step.Row[h].Centred ? step.Row[h].TotalWeight : 0;
        }

        _next++;
        return step;
    }

    /// <summary>The step that reads the last of <paramref name="order"/> after all the others of it.</summary>
    /// <param name="order">Positions.</param>
    /// <param name="candidates">The candidates at the last one.</param>
    /// <param name="totals">Σ 1/σ² of the others' rows over the others, by head and row.</param>
    public TwoSidedStep Step(ReadOnlySpan<int> order, Candidates candidates, double[][] totals)
    {
        var farthest = Farthest(order);
        var noise = Enumerable.Range(0, _queryNorms.Length).Select(h => Noise(h, farthest)).ToArray();
        return TwoSidedStep.Of(_problem, order, candidates, totals, noise, _projector.Offsets);
    }

    /// <summary>Every row over all positions in their own order, by head and position; to be asked after the last step.</summary>
    public ObservedRow[][] Rows() =>
        [.. _problem.Observed.Select((map, h) => Order.Order().Select(i => ObservedRow.Of(_problem, map.Row(i), 0, Noise(h, map.Rows - 1))).ToArray())];

    public Frontier Pair(IStep first, IStep second, ParallelOptions parallel)
    {
        var (zero, one) = ((TwoSidedStep)first, (TwoSidedStep)KnownStep.Plain(second));
        var tests = one.Row.SelectMany((row, h) => new[]
        {
            PairTest.OfRowOne(RowOneTest.Of(row), h, zero.Candidates, one.Candidates, _projector.Offsets),
            PairTest.OfRowZero(RowOneTest.Of(zero.Row[h], one.Column[h]), h, zero.Candidates, one.Candidates, _projector.Offsets),
        });
        return PairSearch.Search(first, second, PairTestScorer.Of(tests), parallel);
    }

    private double Noise(int h, int farthest) => ArithmeticNoise.OfScore(
        _problem.Layer, _problem.Layer.Heads[h].Dimension, farthest, _queryNorms[h] * _keyNorms[h]);

    private static int Farthest(ReadOnlySpan<int> order)
    {
        var farthest = 0;
        foreach (var position in order) farthest = Math.Max(farthest, position);
        return farthest;
    }
}
