namespace Unmask.Pipeline.Solvers;

/// <summary>Through a map without a mask, in the order in which tokens explain each other best.</summary>
internal sealed class TwoSidedSteps : IStepSource
{
    private readonly Problem _problem;
    private readonly CandidateProjector _projector;
    private readonly ScoreNoise _noise;
    private readonly double[][] _totals;
    private int _next;

    public TwoSidedSteps(Problem problem, CandidateProjector projector, IEnumerable<int> known)
    {
        (_problem, _projector) = (problem, projector);
        _noise = new ScoreNoise(problem.Layer);
        _totals = [.. problem.Layer.Heads.Select(_ => new double[problem.Dims.N])];
        Order = ReadingOrder.Of(known, problem);
    }

    public int[] Order { get; }

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var candidates = _projector.At(Order[_next]) with { Position = _next };
        _noise.Meet(candidates);
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
    public TwoSidedStep Step(ReadOnlySpan<int> order, Candidates candidates, double[][] totals) =>
        TwoSidedStep.Of(_problem, order, candidates, totals, _noise.Of(Farthest(order)), _projector.Offsets);

    /// <summary>Every row over all positions in their own order, by head and position; to be asked after the last step.</summary>
    public ObservedRow[][] Rows() => ObservedRow.All(_problem, _noise.Of(Order.Length - 1));

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

    private static int Farthest(ReadOnlySpan<int> order)
    {
        var farthest = 0;
        foreach (var position in order) farthest = Math.Max(farthest, position);
        return farthest;
    }
}
