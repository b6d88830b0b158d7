using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head's share of the blocks (j, l), l ≥ j, of the normal matrix, added to what is there. With m_jl = Σ_i (δ_jl w_ij − w_ij w_il/w_i) q_i q_iᵀ,
/// docs/identifiability.md (N9):
/// block (j, l) = [B_j m_jl + A_j w_jl (k_l − k̄_j) q_jᵀ] B_lᵀ + (B_j q_l) w_lj (A_l (k_j − k̄_l))ᵀ, and for l = j the block of j's own row.
/// Buffers are made once, for one thread.
/// </summary>
internal sealed class HeadRow(int tokens, int width, int widest)
{
    private readonly PaddedMatrix<double> _shares = new(tokens, tokens);
    private readonly PaddedMatrix<double> _middles = new(tokens, width * width);
    private readonly PaddedMatrix<double> _middle = new(width, width);
    private readonly PaddedMatrix<double> _left = new(width, widest);
    private readonly double[] _difference = new double[width];
    private readonly double[] _asked = new double[widest];
    private readonly double[] _answered = new double[widest];
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);

    /// <param name="head">The head.</param>
    /// <param name="j">The block row.</param>
    /// <param name="blocks">Block (j, l) at place l, r_j×r_l.</param>
    public void Add(HeadBlocks head, int j, Func<int, MatrixView<double>> blocks)
    {
        Middles(head.Head, j, out var count);
        _product.MultiplyTransposed(_shares.View.Block(0, 0, tokens, count), head.Pairs, _middles.View.Block(0, 0, count, width * width));
        Own(head, j, blocks(j));
        for (var l = j; l < tokens; l++)
            if (head.AtKey[l] is not null) Pair(head, j, l, l - j < count, blocks(l));
    }

    // Of w_i, what rows i take off the product of columns j and l; l − j is the column here. Without row constants only l = j is left.
    private void Middles(HeadTerm head, int j, out int count)
    {
        count = head.Centred ? tokens - j : 1;
        for (var i = 0; i < tokens; i++)
        {
            Span<double> row = _shares.Row(i)[..count], weight = head.Weight.Row(i)[j..];
            row.Clear();
            if (weight[0] == 0) continue;
            if (head.Centred) TensorPrimitives.Multiply(weight, -weight[0] / head.RowWeight[i], row);
            row[0] += weight[0];
        }
    }

    // A_j [Σ_l w_jl (k_l − k̄_j)(k_l − k̄_j)ᵀ] A_jᵀ.
    private void Own(HeadBlocks head, int j, MatrixView<double> block)
    {
        _middle.Padded.Clear();
        for (var l = 0; l < tokens; l++)
        {
            var weight = head.Head.Weight.Row(j)[l];
            if (weight == 0) continue;
            TensorPrimitives.Subtract(head.Head.Keys.Row(l), head.MeanKey[j], _difference);
            for (var a = 0; a < width; a++) TensorPrimitives.MultiplyAdd(_difference, weight * _difference[a], _middle.Row(a), _middle.Row(a));
        }

        Sandwich(head.AtQuery[j]!, head.AtQuery[j]!, block);
    }

    private void Pair(HeadBlocks head, int j, int l, bool hasMiddle, MatrixView<double> block)
    {
        _middle.Padded.Clear();
        if (hasMiddle)
            for (var a = 0; a < width; a++) _middles.Row(l - j).Slice(a * width, width).CopyTo(_middle.Row(a));
        var (atQuery, atKey, rank) = (head.AtQuery[j]!, head.AtKey[j]!, block.Rows);
        var left = _left.View.Block(0, 0, width, rank);
        _product.Multiply(_middle, atKey, left);
        if (Difference(head, j, l))
        {
            Apply(atQuery, _difference, _asked);
            for (var a = 0; a < width; a++) TensorPrimitives.MultiplyAdd(_asked.AsSpan(0, rank), head.Head.Queries.Row(j)[a], _left.Row(a)[..rank], _left.Row(a)[..rank]);
        }

        _product.AddTransposed(left, head.AtKey[l]!, block);
        if (!Difference(head, l, j)) return;
        Apply(head.AtQuery[l]!, _difference, _asked);
        Apply(atKey, head.Head.Queries.Row(l), _answered);
        BlockRow.AddOuter(_answered.AsSpan(0, rank), _asked.AsSpan(0, block.Columns), block);
    }

    private void Sandwich(PaddedMatrix<double> outer, PaddedMatrix<double> right, MatrixView<double> block)
    {
        var left = _left.View.Block(0, 0, width, block.Rows);
        _product.Multiply(_middle, outer, left);
        _product.AddTransposed(left, right, block);
    }

    // w_il (k_l − k̄_i); false where it is zero.
    private bool Difference(HeadBlocks head, int i, int l)
    {
        var weight = head.Head.Weight.Row(i)[l];
        if (weight == 0) return false;
        TensorPrimitives.Subtract(head.Head.Keys.Row(l), head.MeanKey[i], _difference);
        TensorPrimitives.Multiply(_difference, weight, _difference);
        return true;
    }

    private static void Apply(PaddedMatrix<double> framed, ReadOnlySpan<double> vector, double[] result)
    {
        var target = result.AsSpan(0, framed.Columns);
        target.Clear();
        for (var c = 0; c < vector.Length; c++) TensorPrimitives.MultiplyAdd(framed.Row(c), vector[c], target, target);
    }
}
