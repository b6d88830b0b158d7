using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>Projects many states by all heads of a layer: derivation.md (1) for each candidate. token-search.md (T3).</summary>
internal sealed class StateProjector
{
    // So many states at once stay in the second cache with what they become.
    private const int Chunk = 512;

    // For one thread it has no state: chunks are shared out instead.
    private static readonly MatrixProduct<double> Product = MatrixProducts.CreateDouble(threads: 1);

    private readonly AttentionLayer _layer;
    private readonly ParallelOptions _parallel;
    private readonly int _width;
    private readonly PaddedMatrix<double> _weights;
    private readonly double[] _bias;

    /// <param name="layer">The attention layer.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public StateProjector(AttentionLayer layer, ParallelOptions parallel)
    {
        (_layer, _parallel) = (layer, parallel);
        Offsets = layer.Heads.Map(h => h.Dimension).Scan(0, (at, width) => at + width).ToArray();
        _width = Offsets[^1];
        (_weights, _bias) = SideBySide();
    }

    /// <summary>Where each head's coordinates begin in a row of queries or keys; one more entry than heads, the last is the row's width.</summary>
    public int[] Offsets { get; }

    /// <summary>Queries and keys of all heads, count×w each, before rotation and scale, as one product: rows long enough for the vector unit.</summary>
    /// <param name="count">How many states.</param>
    /// <param name="write">Writes state number so and so, length d.</param>
    public (double[] Queries, double[] Keys) Project(int count, Action<int, Span<double>> write)
    {
        var (queries, keys, atOnce) = (new double[count * _width], new double[count * _width], Math.Min(Chunk, count));
        Parallel.For(
            0, (count + Chunk - 1) / Chunk, _parallel,
            () => (States: new PaddedMatrix<double>(atOnce, _layer.D), Projected: new PaddedMatrix<double>(atOnce, 2 * _width)),
            (chunk, _, memory) =>
            {
                var (from, to) = (chunk * Chunk, Math.Min(count, (chunk + 1) * Chunk));
                for (var v = from; v < to; v++) write(v, memory.States.Row(v - from));
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

    /// <summary>Candidates at a position from their projections, which are turned and scaled in place.</summary>
    public Candidates At(int position, double[] queries, double[] keys)
    {
        foreach (var rotary in _layer.Rotary)
        {
            CandidateRotation.Apply(rotary, position, queries, Offsets);
            CandidateRotation.Apply(rotary, position, keys, Offsets);
        }

        TensorPrimitives.Multiply(queries, _layer.Scale, queries);
        var (heads, count) = (Offsets.Length - 1, queries.Length / _width);
        var self = new double[count * heads];
        for (var v = 0; v < count; v++)
            for (var h = 0; h < heads; h++)
                self[v * heads + h] = TensorPrimitives.Dot(Slice(queries, v, h), Slice(keys, v, h));
        return new Candidates(position, queries, keys, self)
        {
            QueryNorms = LargestNorms(queries),
            KeyNorms = LargestNorms(keys),
            Count = count,
        };
    }

    /// <summary>Candidates at a position from their states, count×d.</summary>
    public Candidates At(int position, Matrix states)
    {
        var (queries, keys) = Project(states.Rows, (v, state) => states.Row(v).CopyTo(state));
        return At(position, queries, keys);
    }

    private ReadOnlySpan<double> Slice(double[] rows, int v, int head) =>
        rows.AsSpan(v * _width + Offsets[head], Offsets[head + 1] - Offsets[head]);

    private double[] LargestNorms(double[] rows) =>
        Enumerable.Range(0, Offsets.Length - 1)
            .Select(h => Enumerable.Range(0, rows.Length / _width).Max(v => TensorPrimitives.Norm(Slice(rows, v, h))))
            .ToArray();

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
