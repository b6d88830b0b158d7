using System.Numerics.Tensors;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>A model without a mask below the observed layer, and what readings of its tokens make there.</summary>
/// <param name="problem">The problem.</param>
/// <param name="model">The model up to the observed layer.</param>
/// <param name="tokens">Its embedding.</param>
/// <param name="ids">Candidate number to token.</param>
/// <param name="parallel">Threads and cancellation.</param>
internal sealed class UnmaskedModel(Problem problem, PrefixModel model, TokenEmbedding tokens, int[] ids, ParallelOptions parallel)
{
    /// <summary>A position that is not read yet: the mean of all candidates stands there.</summary>
    public const int Unread = -1;

    private readonly StateProjector _projector = new(problem.Layer, parallel);

    private readonly double[][] _means = [.. Enumerable.Range(0, problem.Dims.N).Select(position => Mean(Streams(tokens, ids, position)))];

    public int[] Offsets => _projector.Offsets;

    public int Count => ids.Length;

    public UnmaskedReading Read(int[] candidates)
    {
        var streams = new double[candidates.Length * model.Model.D];
        for (var i = 0; i < candidates.Length; i++)
        {
            var row = streams.AsSpan(i * model.Model.D, model.Model.D);
            if (candidates[i] == Unread) _means[i].CopyTo(row);
            else tokens.Write(ids[candidates[i]], i, row);
        }

        var surroundings = Surroundings.Of(model, Matrix.Own(candidates.Length, model.Model.D, streams));
        return new UnmaskedReading(candidates, surroundings, At(candidates, surroundings.States.Transpose()));
    }

    /// <summary>Every candidate at a position of a reading, all other tokens' keys and values below the layer as they are. token-search.md (T16).</summary>
    public Candidates Instead(UnmaskedReading reading, int position)
    {
        parallel.CancellationToken.ThrowIfCancellationRequested();
        return _projector.At(position, reading.Surroundings.Instead(position, Streams(tokens, ids, position)));
    }

    private Hypothesis[] At(int[] candidates, Matrix states)
    {
        var (queries, keys) = _projector.Project(states.Rows, (i, state) => states.Row(i).CopyTo(state));
        var width = Offsets[^1];
        return [.. Enumerable.Range(0, states.Rows).Select(i =>
        {
            var one = _projector.At(i, queries[(i * width)..((i + 1) * width)], keys[(i * width)..((i + 1) * width)]);
            return new Hypothesis(null, i, candidates[i], one.Keys, 0) { Query = one.Queries };
        })];
    }

    private static Matrix Streams(TokenEmbedding tokens, int[] ids, int position)
    {
        var (d, rows) = (tokens.Tokens.Columns, new double[ids.Length * tokens.Tokens.Columns]);
        for (var v = 0; v < ids.Length; v++) tokens.Write(ids[v], position, rows.AsSpan(v * d, d));
        return Matrix.Own(ids.Length, d, rows);
    }

    private static double[] Mean(Matrix rows)
    {
        var mean = new double[rows.Columns];
        for (var v = 0; v < rows.Rows; v++) TensorPrimitives.Add(mean, rows.Row(v), mean);
        TensorPrimitives.Divide(mean, rows.Rows, mean);
        return mean;
    }
}

/// <summary>Candidates by position, run through the model: queries and keys at the observed layer in <paramref name="At"/>.</summary>
internal sealed record UnmaskedReading(int[] Candidates, Surroundings Surroundings, Hypothesis[] At)
{
    /// <summary>The candidates with another at one position.</summary>
    public int[] With(int position, int candidate)
    {
        var changed = (int[])Candidates.Clone();
        changed[position] = candidate;
        return changed;
    }
}
