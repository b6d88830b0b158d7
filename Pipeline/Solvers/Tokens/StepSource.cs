namespace Unmask.Pipeline.Solvers;

/// <summary>The steps in which the tokens behind a map are read; asked for one after another, once each.</summary>
internal interface IStepSource
{
    /// <summary>The position that each step reads.</summary>
    int[] Order { get; }

    IStep Next();

    /// <summary>What the first two tokens decide together.</summary>
    PairTest[] Pairs(IStep first, IStep second);
}

/// <summary>Left to right through a causal map.</summary>
internal sealed class CausalSteps(Problem problem, CandidateProjector projector) : IStepSource
{
    private readonly double[] _keyNorms = new double[problem.Layer.Heads.Count];
    private int _next;

    public int[] Order { get; } = [.. Enumerable.Range(0, problem.Dims.N)];

    public IStep Next()
    {
        var candidates = projector.At(_next++);
        for (var h = 0; h < _keyNorms.Length; h++) _keyNorms[h] = Math.Max(_keyNorms[h], candidates.KeyNorms[h]);
        return new CausalStep(Observe(candidates), candidates, projector.Offsets);
    }

    public PairTest[] Pairs(IStep first, IStep second) =>
        [.. ((CausalStep)second).Row.Select((row, h) => PairTest.OfRowOne(RowOneTest.Of(row), h, first.Candidates, second.Candidates, projector.Offsets))];

    private ObservedRow[] Observe(Candidates candidates)
    {
        var i = candidates.Position;
        return [.. problem.Layer.Heads.Zip(problem.Observed).Map((h, pair) =>
        {
            var (head, map) = pair;
            var noise = ArithmeticNoise.OfScore(problem.Layer, head.Dimension, i, candidates.QueryNorms[h] * _keyNorms[h]);
            return ObservedRow.Of(problem, map.Row(i)[..(i + 1)], noise);
        })];
    }
}
