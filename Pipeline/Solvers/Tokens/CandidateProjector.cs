using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>Projects the vocabulary, position by position: derivation.md (1) for each candidate. token-search.md (T3).</summary>
internal sealed class CandidateProjector
{
    // So many states at once stay in the second cache with what they become.
    private const int Chunk = 512;

    // For one thread it has no state: chunks are shared out instead.
    private static readonly MatrixProduct<double> Product = MatrixProducts.CreateDouble(threads: 1);

    private readonly AttentionLayer _layer;
    private readonly Vocabulary _vocabulary;
    private readonly ParallelOptions _parallel;
    private readonly int[] _ids;
    private readonly int _width;
    private readonly PaddedMatrix<double> _weights;
    private readonly double[] _bias;
    private readonly (double[] Queries, double[] Keys)? _shared;

    /// <param name="layer">The attention layer.</param>
    /// <param name="vocabulary">The vocabulary in front of it.</param>
    /// <param name="ids">The tokens to consider; candidate v is token ids[v].</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public CandidateProjector(AttentionLayer layer, Vocabulary vocabulary, int[] ids, ParallelOptions parallel)
    {
        (_layer, _vocabulary, _ids, _parallel) = (layer, vocabulary, ids, parallel);
        Offsets = layer.Heads.Map(h => h.Dimension).Scan(0, (at, width) => at + width).ToArray();
        _width = Offsets[^1];
        (_weights, _bias) = SideBySide();
        // Without learned positions the projections before rotation are the same everywhere.
        if (vocabulary.Positions.IsNone) _shared = Project(0);
    }

    /// <summary>Where each head's coordinates begin in a row of queries or keys; one more entry than heads, the last is the row's width.</summary>
    public int[] Offsets { get; }

    public Candidates At(int position)
    {
        var (queries, keys) = _shared is { } shared ? ((double[])shared.Queries.Clone(), (double[])shared.Keys.Clone()) : Project(position);
        foreach (var rotary in _layer.Rotary)
        {
            CandidateRotation.Apply(rotary, position, queries, Offsets);
            CandidateRotation.Apply(rotary, position, keys, Offsets);
        }

        TensorPrimitives.Multiply(queries, _layer.Scale, queries);
        var heads = Offsets.Length - 1;
        var self = new double[_ids.Length * heads];
        for (var v = 0; v < _ids.Length; v++)
            for (var h = 0; h < heads; h++)
                self[v * heads + h] = TensorPrimitives.Dot(Slice(queries, v, h), Slice(keys, v, h));
        return new Candidates(position, queries, keys, self)
        {
            QueryNorms = LargestNorms(queries),
            KeyNorms = LargestNorms(keys),
            Count = _ids.Length,
        };
    }

    private ReadOnlySpan<double> Slice(double[] rows, int v, int head) =>
        rows.AsSpan(v * _width + Offsets[head], Offsets[head + 1] - Offsets[head]);

    private double[] LargestNorms(double[] rows) =>
        Enumerable.Range(0, Offsets.Length - 1)
            .Select(h => Enumerable.Range(0, _ids.Length).Max(v => TensorPrimitives.Norm(Slice(rows, v, h))))
            .ToArray();

    // Queries and keys of all heads as one product: rows long enough for the vector unit.
    private (double[] Queries, double[] Keys) Project(int position)
    {
        var (queries, keys) = (new double[_ids.Length * _width], new double[_ids.Length * _width]);
        Parallel.For(
            0, (_ids.Length + Chunk - 1) / Chunk, _parallel,
            () => (States: new PaddedMatrix<double>(Chunk, _layer.D), Projected: new PaddedMatrix<double>(Chunk, 2 * _width)),
            (chunk, _, memory) =>
            {
                var (from, to) = (chunk * Chunk, Math.Min(_ids.Length, (chunk + 1) * Chunk));
                for (var v = from; v < to; v++) TokenStates.Write(_vocabulary, _ids[v], position, memory.States.Row(v - from));
                Product.Multiply(memory.States, _weights, memory.Projected);
                for (var v = from; v < to; v++)
                {
                    var row = memory.Projected.Row(v - from);
                    TensorPrimitives.Add(row, _bias, row);
                    row[.._width].CopyTo(queries.AsSpan(v * _width));
                    row[_width..].CopyTo(keys.AsSpan(v * _width));
                }

                return memory;
            },
            _ => { });
        return (queries, keys);
    }

    // Query weights of all heads, then key weights, d×2w, and their biases.
    private (PaddedMatrix<double> Weights, double[] Bias) SideBySide()
    {
        var (weights, bias) = (new PaddedMatrix<double>(_layer.D, 2 * _width), new double[2 * _width]);
        for (var h = 0; h < _layer.Heads.Count; h++)
        {
            var head = _layer.Heads[h];
            Place(head.Query, head.QueryBias, Offsets[h]);
            Place(head.Key, head.KeyBias, _width + Offsets[h]);
        }

        return (weights, bias);

        void Place(Matrix weight, Option<Seq<double>> shift, int at)
        {
            for (var r = 0; r < weight.Rows; r++) weight.Row(r).CopyTo(weights.Row(r)[at..]);
            foreach (var values in shift) values.ToArray().CopyTo(bias, at);
        }
    }
}
