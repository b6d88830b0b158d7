using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of one row for one reading of the tokens before it and any candidate for its own. token-search.md (T7).</summary>
internal sealed class RowScorer : ICandidateLoss
{
    private readonly ObservedRow[] _heads;
    private readonly Candidates _candidates;
    private readonly int[] _offsets;
    private readonly double[] _keys;
    private readonly double[] _gap;
    private readonly int _stride;
    private readonly int _row;

    /// <param name="heads">Row i of every head, columns in the order of reading, its own last.</param>
    /// <param name="candidates">The candidates at position i.</param>
    /// <param name="offsets"><see cref="CandidateProjector.Offsets"/>.</param>
    /// <param name="before">The reading of positions 0 … i−1; null for i = 0.</param>
    public RowScorer(ObservedRow[] heads, Candidates candidates, int[] offsets, Hypothesis? before)
    {
        (_heads, _candidates, _offsets) = (heads, candidates, offsets);
        (_stride, _row) = (heads[0].Stride, candidates.Position);
        // Key coordinate c of every earlier token side by side, so that a row of scores is d_h multiply-adds along it.
        _keys = new double[offsets[^1] * _stride];
        for (var node = before; node is not null; node = node.Parent)
            for (var c = 0; c < node.Key.Length; c++)
                _keys[c * _stride + node.Position] = node.Key[c];
        _gap = new double[_stride];
    }

    /// <inheritdoc/>
    public double Loss(int v, double start, double cutoff)
    {
        var loss = start;
        for (var h = 0; h < _heads.Length && loss < cutoff; h++) loss += 0.5 * ChiSquare(v, h);
        return loss;
    }

    /// <summary>The row's constant c_i in every head when candidate <paramref name="v"/> stands there.</summary>
    public double[] Constants(int v) => [.. Enumerable.Range(0, _heads.Length).Select(h => Constant(v, h))];

    private double ChiSquare(int v, int h)
    {
        var head = _heads[h];
        var constant = Constant(v, h);
        var total = Spread(head.Weight, constant);
        if (head.ZeroWeight > 0)
            foreach (var j in head.Zeros)
            {
                var excess = _gap[j] - constant - head.Ceiling;
                if (excess > 0) total += head.ZeroWeight * excess * excess;
            }

        return total;
    }

    private double Constant(int v, int h)
    {
        var head = _heads[h];
        var width = _offsets[^1];
        var query = _candidates.Queries.AsSpan(v * width + _offsets[h], _offsets[h + 1] - _offsets[h]);
        Gaps(query, _keys.AsSpan(_offsets[h] * _stride), head.Target);
        _gap[_row] = _candidates.Self[v * _heads.Length + h] - head.Target[_row];
        return head.Centred && head.TotalWeight > 0 ? Weighted(head.Weight) / head.TotalWeight : 0;
    }

    // gap_j = s_j − target_j, all columns of the row.
    private void Gaps(ReadOnlySpan<double> query, ReadOnlySpan<double> keys, double[] target)
    {
        var lanes = Vector<double>.Count;
        ref var k = ref MemoryMarshal.GetReference(keys);
        for (var j = 0; j < _stride; j += lanes)
        {
            var sum = -new Vector<double>(target, j);
            for (var c = 0; c < query.Length; c++)
                sum = Vector.FusedMultiplyAdd(new Vector<double>(query[c]), Vector.LoadUnsafe(ref k, (nuint)(c * _stride + j)), sum);
            sum.CopyTo(_gap, j);
        }
    }

    private double Weighted(double[] weight)
    {
        var sum = Vector<double>.Zero;
        for (var j = 0; j < _stride; j += Vector<double>.Count) sum += new Vector<double>(weight, j) * new Vector<double>(_gap, j);
        return Vector.Sum(sum);
    }

    private double Spread(double[] weight, double constant)
    {
        var (sum, centre) = (Vector<double>.Zero, new Vector<double>(constant));
        for (var j = 0; j < _stride; j += Vector<double>.Count)
        {
            var gap = new Vector<double>(_gap, j) - centre;
            sum += new Vector<double>(weight, j) * gap * gap;
        }

        return Vector.Sum(sum);
    }
}
