namespace Unmask.Pipeline.Solvers;

/// <summary>Left to right through a causal map of layer 0.</summary>
internal sealed class CausalSteps(Problem problem, CandidateProjector projector) : IStepSource
{
    private readonly double[] _keyNorms = new double[problem.Layer.Heads.Count];
    private int _next;

    public int[] Order { get; } = [.. Enumerable.Range(0, problem.Dims.N)];

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var candidates = projector.At(_next++);
        for (var h = 0; h < _keyNorms.Length; h++) _keyNorms[h] = Math.Max(_keyNorms[h], candidates.KeyNorms[h]);
        var row = problem.Observed.Select((_, h) => ObservedRow.Causal(problem, h, candidates.Position, candidates.QueryNorms[h] * _keyNorms[h]));
        return new CausalStep([.. row], candidates, projector.Offsets);
    }

    public Frontier Pair(IStep first, IStep second, ParallelOptions parallel)
    {
        var (zero, one) = ((CausalStep)first, (CausalStep)KnownStep.Plain(second));
        var tests = one.Row.Select((row, h) => PairTest.OfRowOne(RowOneTest.Of(row), h, zero.Candidates, one.Candidates, projector.Offsets));
        return PairSearch.Search(first, second, PairTestScorer.Of(tests), parallel);
    }
}
