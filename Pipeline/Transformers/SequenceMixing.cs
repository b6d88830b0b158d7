using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>Rows are the tokens of one sequence, in order.</summary>
internal sealed class SequenceMixing : IMixing
{
    public void Mix(int layer, AttentionWeights weights, PaddedMatrix<double> projected, PaddedMatrix<double> context)
    {
        var (n, slot) = (projected.Rows, weights.Slot);
        for (var i = 0; i < n; i++)
            foreach (var turn in Turn.At(weights.Layer.Rotary, i)) turn.Apply(weights, projected.Row(i));

        var (keys, map) = (new PaddedMatrix<double>(slot, n), new PaddedMatrix<double>(n, n));
        for (var h = 0; h < weights.Heads; h++)
        {
            var at = weights.KeyAt(weights.Group(h));
            for (var j = 0; j < n; j++)
            {
                var key = projected.Row(j).Slice(at, slot);
                for (var c = 0; c < slot; c++) keys.Row(c)[j] = key[c];
            }

            Dense.Product.Multiply(projected.View.Block(0, weights.QueryAt(h), n, slot), keys, map);
            for (var i = 0; i < n; i++) Softmax(weights.Layer, i, map.Row(i));
            Dense.Product.Multiply(map, projected.View.Block(0, weights.ValueAt(h), n, slot), context.View.Block(0, h * slot, n, slot));
        }
    }

    private static void Softmax(AttentionLayer layer, int i, Span<double> row)
    {
        var (first, end) = layer.Visible(i, row.Length);
        row[..first].Clear();
        row[end..].Clear();
        var seen = row[first..end];
        // Less the largest: the library's softmax takes exponentials of what it is given.
        TensorPrimitives.Subtract(seen, TensorPrimitives.Max<double>(seen), seen);
        TensorPrimitives.SoftMax<double>(seen, seen);
    }
}
