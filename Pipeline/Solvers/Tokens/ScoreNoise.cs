namespace Unmask.Pipeline.Solvers;

/// <summary>The arithmetic noise of scores, by the largest norms of queries and keys met so far. token-search.md (T6).</summary>
internal sealed class ScoreNoise(AttentionLayer layer)
{
    private readonly double[] _queryNorms = new double[layer.Heads.Count];
    private readonly double[] _keyNorms = new double[layer.Heads.Count];

    /// <summary>Takes in further candidates.</summary>
    public void Meet(Candidates candidates)
    {
        for (var h = 0; h < _queryNorms.Length; h++)
        {
            _queryNorms[h] = Math.Max(_queryNorms[h], candidates.QueryNorms[h]);
            _keyNorms[h] = Math.Max(_keyNorms[h], candidates.KeyNorms[h]);
        }
    }

    /// <summary>Variance of a score by head.</summary>
    /// <param name="farthest">The largest position that is asked or asking.</param>
    public double[] Of(int farthest) => [.. layer.Heads.Select((head, h) =>
        ArithmeticNoise.OfScore(layer, head.Dimension, farthest, _queryNorms[h] * _keyNorms[h]))];
}
