using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>
/// Rows are candidates for the same place behind a prefix: each sees the prefix and itself. Belongs to one thread; <paramref name="past"/> is shared.
/// </summary>
internal sealed class PrefixMixing(int position, IReadOnlyList<Past> past) : IMixing
{
    private PaddedMatrix<double>? _scores;

    public void Mix(int layer, AttentionWeights weights, PaddedMatrix<double> projected, PaddedMatrix<double> context)
    {
        Turned(weights, projected);
        for (var h = 0; h < weights.Heads; h++) Mix(past[layer], weights, h, projected, context);
    }

    /// <summary>S of one head against the keys of the prefix, in the memory of this object, and each row's score with itself.</summary>
    public (PaddedMatrix<double> Scores, double[] Own) Scores(Past seen, AttentionWeights weights, int head, PaddedMatrix<double> projected)
    {
        var (query, key) = (weights.QueryAt(head), weights.KeyAt(weights.Group(head)));
        if (_scores?.Columns != seen.Keys[0].Columns) _scores = new PaddedMatrix<double>(projected.Rows, seen.Keys[0].Columns);
        Dense.Product.Multiply(projected.View.Block(0, query, projected.Rows, weights.Slot), seen.Keys[weights.Group(head)], _scores);
        var own = new double[projected.Rows];
        for (var i = 0; i < own.Length; i++)
            own[i] = TensorPrimitives.Dot<double>(projected.Row(i).Slice(query, weights.Slot), projected.Row(i).Slice(key, weights.Slot));
        return (_scores, own);
    }

    public void Turned(AttentionWeights weights, PaddedMatrix<double> projected)
    {
        foreach (var turn in Turn.At(weights.Layer.Rotary, position))
            for (var i = 0; i < projected.Rows; i++) turn.Apply(weights, projected.Row(i));
    }

    private void Mix(Past seen, AttentionWeights weights, int head, PaddedMatrix<double> projected, PaddedMatrix<double> context)
    {
        var (slot, value, at) = (weights.Slot, weights.ValueAt(head), head * weights.Slot);
        var (scores, own) = Scores(seen, weights, head, projected);
        for (var i = 0; i < own.Length; i++) own[i] = Softmax(scores.Row(i)[..seen.Count], own[i]);
        Dense.Product.Multiply(scores, seen.Values.View.Block(0, at, seen.Values.Rows, slot), context.View.Block(0, at, context.Rows, slot));
        for (var i = 0; i < own.Length; i++)
        {
            var row = context.Row(i).Slice(at, slot);
            TensorPrimitives.MultiplyAdd(projected.Row(i).Slice(value, slot), own[i], row, row);
        }
    }

    // The softmax of a row and one score more; that one's share is returned.
    private static double Softmax(Span<double> row, double own)
    {
        if (row.IsEmpty) return 1;
        var most = Math.Max(own, TensorPrimitives.Max<double>(row));
        TensorPrimitives.Subtract(row, most, row);
        TensorPrimitives.Exp<double>(row, row);
        var share = Math.Exp(own - most);
        var sum = TensorPrimitives.Sum<double>(row) + share;
        TensorPrimitives.Divide(row, sum, row);
        return share / sum;
    }
}
