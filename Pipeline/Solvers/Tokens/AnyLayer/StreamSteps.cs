using System.Numerics.Tensors;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>Left to right through a residual stream: every candidate's own, by the forward pass, against the row. token-search.md (T19), (T20).</summary>
internal sealed class StreamSteps(Problem problem, AttentionBranch branch, Prefix start, int[] ids) : IStepSource
{
    private int _next;

    public int[] Order { get; } = [.. Enumerable.Range(0, problem.Dims.N)];

    public IStep Next(IReadOnlyList<Hypothesis?> beam)
    {
        var position = _next++;
        var row = problem.Observed[0].Row(position).ToArray();
        var weights = Weights(row);
        return new DeepStep(row.Length, (prefix, candidates) => new StreamScorer(row, weights, Streams(prefix, candidates)), start, ids, position);
    }

    // A row alone tells tokens apart: no two are read together.
    public Frontier Pair(IStep first, IStep second, ParallelOptions parallel) => throw new InvalidOperationException("Every row of a stream is read by itself.");

    private Matrix Streams(Prefix prefix, Transformers.Extension candidates)
    {
        var streams = CandidateStreams.Of(branch, prefix, candidates);
        return problem.Centred ? streams.CentreRows() : streams;
    }

    private double[] Weights(double[] row)
    {
        var computed = ArithmeticNoise.OfStream(row.Length, problem.Layer.Index, TensorPrimitives.Norm<double>(row));
        return [.. row.Select(r => 1 / (StorageNoise.Of(problem.Precision, r) + computed))];
    }

    private sealed class StreamScorer(double[] row, double[] weights, Matrix streams) : ICandidateLoss
    {
        public double Loss(int v, double start, double cutoff)
        {
            var loss = start;
            var candidate = streams.Row(v);
            for (var c = 0; c < row.Length && loss < cutoff; c++) loss += 0.5 * weights[c] * (candidate[c] - row[c]) * (candidate[c] - row[c]);
            return loss;
        }
    }
}
