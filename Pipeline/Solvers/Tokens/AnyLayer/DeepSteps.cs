using System.Numerics.Tensors;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Left to right through a causal map of any layer: what a candidate would ask there comes from the model's own forward pass behind the tokens
/// read so far. token-search.md (T13).
/// </summary>
internal sealed class DeepSteps(Problem problem, Prefix start, int[] ids) : IStepSource
{
    private readonly double[] _keyNorms = new double[problem.Layer.Heads.Count];
    private int _next;

    public int[] Order { get; } = [.. Enumerable.Range(0, problem.Dims.N)];

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var position = _next++;
        // The best reading's candidates stand for those of all: norms in front of the projections leave little room.
        var states = (beam[0]?.Prefix ?? start).Extend(ids).States;
        var queryNorms = Norms(states, head => head.Query, head => head.QueryBias);
        var norms = Norms(states, head => head.Key, head => head.KeyBias);
        for (var h = 0; h < norms.Length; h++) _keyNorms[h] = Math.Max(_keyNorms[h], norms[h]);
        var row = problem.Observed.Select((_, h) =>
            ObservedRow.Causal(problem, h, position, problem.Layer.Scale * queryNorms[h] * _keyNorms[h]));
        ObservedRow[] rows = [.. row];
        return new DeepStep(
            rows.Sum(head => head.Freedom), (_, candidates) => new DeepScorer(rows, [.. candidates.Scores]), start, ids, position);
    }

    // Row 1 alone, for every pair: the forward pass leaves nothing that could be shared between first tokens.
    public Frontier Pair(IStep first, IStep second, ParallelOptions parallel)
    {
        var beam = Enumerable.Range(0, ids.Length).Select(v => first.Grow(null, new Extension(0, v, 0))).ToArray();
        return Extend.By(beam, second, second.Freedom, parallel);
    }

    // The largest norm of each head's projection.
    private double[] Norms(Matrix states, Func<Head, Matrix> weights, Func<Head, Option<Seq<double>>> bias) =>
        [.. problem.Layer.Heads.Map(head =>
        {
            var projected = states * weights(head);
            var shift = bias(head).Match(b => b.ToArray(), () => new double[projected.Columns]);
            var (largest, row) = (0.0, new double[projected.Columns]);
            for (var v = 0; v < projected.Rows; v++)
            {
                TensorPrimitives.Add(projected.Row(v), shift, row);
                largest = Math.Max(largest, TensorPrimitives.Norm<double>(row));
            }

            return largest;
        })];
}
