using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What every candidate would ask and offer at one position, the one read at step <paramref name="Position"/>. <paramref name="Queries"/> (already
/// times the scale s) and <paramref name="Keys"/> are V×w, the heads side by side; <paramref name="Self"/> is V×h, the score of a candidate with
/// itself.
/// </summary>
internal sealed record Candidates(int Position, double[] Queries, double[] Keys, double[] Self)
{
    /// <summary>The largest ‖s·q‖ of each head.</summary>
    public required double[] QueryNorms { get; init; }

    /// <summary>The largest ‖k‖ of each head.</summary>
    public required double[] KeyNorms { get; init; }

    /// <summary>V.</summary>
    public required int Count { get; init; }

    public int Width => Keys.Length / Count;

    public double[] KeyOf(int v) => Keys.AsSpan(v * Width, Width).ToArray();

    public double[] QueryOf(int v) => Queries.AsSpan(v * Width, Width).ToArray();
}

/// <summary>Projects the vocabulary, position by position: derivation.md (1) for each candidate. token-search.md (T3).</summary>
internal sealed class CandidateProjector
{
    private readonly AttentionLayer _layer;
    private readonly Vocabulary _vocabulary;
    private readonly int _count;
    private readonly int _width;
    private readonly (double[] Queries, double[] Keys)? _shared;

    /// <param name="layer">The attention layer.</param>
    /// <param name="vocabulary">The vocabulary in front of it.</param>
    /// <param name="ids">The tokens to consider; candidate v is token ids[v].</param>
    public CandidateProjector(AttentionLayer layer, Vocabulary vocabulary, int[] ids)
    {
        (_layer, _count) = (layer, ids.Length);
        var d = vocabulary.Embedding.Columns;
        var rows = new double[ids.Length * d];
        for (var v = 0; v < ids.Length; v++) vocabulary.Embedding.Row(ids[v]).CopyTo(rows.AsSpan(v * d, d));
        _vocabulary = vocabulary with { Embedding = Matrix.Own(ids.Length, d, rows) };
        Offsets = layer.Heads.Map(h => h.Dimension).Scan(0, (at, width) => at + width).ToArray();
        _width = Offsets[^1];
        // Without learned positions the projections before rotation are the same everywhere.
        if (vocabulary.Positions.IsNone) _shared = Project(TokenStates.At(_vocabulary, 0));
    }

    /// <summary>Where each head's coordinates begin in a row of queries or keys; one more entry than heads, the last is the row's width.</summary>
    public int[] Offsets { get; }

    public int Count => _count;

    public int Width => _width;

    public Candidates At(int position)
    {
        var (queries, keys) = _shared is { } shared
            ? ((double[])shared.Queries.Clone(), (double[])shared.Keys.Clone())
            : Project(TokenStates.At(_vocabulary, position));
        foreach (var rotary in _layer.Rotary)
        {
            Rotate(rotary, position, queries);
            Rotate(rotary, position, keys);
        }

        TensorPrimitives.Multiply(queries, _layer.Scale, queries);
        var heads = Offsets.Length - 1;
        var self = new double[Count * heads];
        for (var v = 0; v < Count; v++)
            for (var h = 0; h < heads; h++)
                self[v * heads + h] = TensorPrimitives.Dot(Slice(queries, v, h), Slice(keys, v, h));
        return new Candidates(position, queries, keys, self) 
        {
            QueryNorms = LargestNorms(queries), KeyNorms = LargestNorms(keys), Count = Count,
        };
    }

    private ReadOnlySpan<double> Slice(double[] rows, int v, int head) =>
        rows.AsSpan(v * _width + Offsets[head], Offsets[head + 1] - Offsets[head]);

    private double[] LargestNorms(double[] rows) =>
        Enumerable.Range(0, Offsets.Length - 1)
            .Select(h => Enumerable.Range(0, Count).Max(v => TensorPrimitives.Norm(Slice(rows, v, h))))
            .ToArray();

    private (double[] Queries, double[] Keys) Project(Matrix states) =>
        (Project(states, h => h.Query, h => h.QueryBias), Project(states, h => h.Key, h => h.KeyBias));

    // All heads at once: one product with the weights side by side has rows long enough for the vector unit.
    private double[] Project(Matrix states, Func<Head, Matrix> weights, Func<Head, Option<Seq<double>>> bias)
    {
        var side = new double[_layer.D * _width];
        var projected = new double[states.Rows * _width];
        for (var h = 0; h < _layer.Heads.Count; h++)
        {
            var w = weights(_layer.Heads[h]);
            for (var r = 0; r < w.Rows; r++) w.Row(r).CopyTo(side.AsSpan(r * _width + Offsets[h], w.Columns));
            foreach (var b in bias(_layer.Heads[h]))
            {
                var shift = b.ToArray();
                for (var v = 0; v < states.Rows; v++) shift.CopyTo(projected.AsSpan(v * _width + Offsets[h], shift.Length));
            }
        }

        for (var v = 0; v < states.Rows; v++)
        {
            var row = projected.AsSpan(v * _width, _width);
            var x = states.Row(v);
            for (var r = 0; r < x.Length; r++) TensorPrimitives.MultiplyAdd(side.AsSpan(r * _width, _width), x[r], row, row);
        }

        return projected;
    }

    private void Rotate(Rotary rotary, int position, double[] rows)
    {
        for (var h = 0; h + 1 < Offsets.Length; h++)
        {
            var (start, width) = (Offsets[h], Offsets[h + 1] - Offsets[h]);
            // A pair of (1, 0) turns into (cos, sin): the angles stay defined in one place.
            var angles = new double[width];
            for (var c = 0; c < rotary.Frequencies.Count; c++) angles[rotary.Pair(c).First] = 1;
            Rotation.Apply(rotary, position, angles);
            for (var v = 0; v < Count; v++)
            {
                var vector = rows.AsSpan(v * _width + start, width);
                for (var c = 0; c < rotary.Frequencies.Count; c++)
                {
                    var (first, second) = rotary.Pair(c);
                    var (a, b) = (vector[first], vector[second]);
                    vector[first] = a * angles[first] - b * angles[second];
                    vector[second] = b * angles[first] + a * angles[second];
                }
            }
        }
    }
}
