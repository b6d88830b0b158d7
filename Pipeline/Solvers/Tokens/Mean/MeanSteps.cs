namespace Unmask.Pipeline.Solvers;

/// <summary>Left to right through a causal map of layer 0 that is a mean over heads. token-search.md (T14).</summary>
internal sealed class MeanSteps(Problem problem, CandidateProjector projector) : IStepSource
{
    private readonly double[] _keyNorms = new double[problem.Layer.Heads.Count];
    private int _next;

    public int[] Order { get; } = [.. Enumerable.Range(0, problem.Dims.N)];

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var candidates = projector.At(_next++);
        var noise = 0.0;
        for (var h = 0; h < _keyNorms.Length; h++)
        {
            _keyNorms[h] = Math.Max(_keyNorms[h], candidates.KeyNorms[h]);
            noise = Math.Max(noise, ArithmeticNoise.OfScore(
                problem.Layer, problem.Layer.Heads[h].Dimension, candidates.Position, candidates.QueryNorms[h] * _keyNorms[h]));
        }

        return new MeanStep(MeanRow.Of(problem, candidates.Position, noise), candidates, projector.Offsets);
    }

    public Frontier Pair(IStep first, IStep second, ParallelOptions parallel)
    {
        var (zero, one) = ((MeanStep)first, (MeanStep)KnownStep.Plain(second));
        return PairSearch.Search(first, second, MeanPairScorer.Of(one.Row, zero.Candidates, one.Candidates, projector.Offsets), parallel);
    }
}
