using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The keys of a reading's tokens, coordinate by coordinate side by side, so that a row of scores is d_h multiply-adds along it. Only read once it
/// is made.
/// </summary>
internal sealed class KeyRows
{
    private readonly Candidates _candidates;
    private readonly int[] _offsets;
    private readonly double[] _keys;
    private readonly int _stride;

    /// <param name="candidates">The candidates at position i.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    /// <param name="stride">Entries of a row, in whole vectors.</param>
    /// <param name="before">The reading of positions 0 … i−1; null for i = 0.</param>
    public KeyRows(Candidates candidates, int[] offsets, int stride, Hypothesis? before)
    {
        (_candidates, _offsets, _stride) = (candidates, offsets, stride);
        _keys = new double[offsets[^1] * stride];
        for (var node = before; node is not null; node = node.Parent)
            for (var c = 0; c < node.Key.Length; c++)
                _keys[c * stride + node.Position] = node.Key[c];
    }

    /// <summary>Scores of candidate <paramref name="v"/> in head <paramref name="h"/>, its own last, less <paramref name="target"/>.</summary>
    public void Gaps(int v, int h, double[] target, double[] gap)
    {
        var (lanes, width, row) = (Vector<double>.Count, _offsets[^1], _candidates.Position);
        var query = _candidates.Queries.AsSpan(v * width + _offsets[h], _offsets[h + 1] - _offsets[h]);
        ref var k = ref MemoryMarshal.GetReference(_keys.AsSpan(_offsets[h] * _stride));
        for (var j = 0; j < _stride; j += lanes)
        {
            var sum = -new Vector<double>(target, j);
            for (var c = 0; c < query.Length; c++)
                sum = Vector.FusedMultiplyAdd(new Vector<double>(query[c]), Vector.LoadUnsafe(ref k, (nuint)(c * _stride + j)), sum);
            sum.CopyTo(gap, j);
        }

        gap[row] = _candidates.Self[v * (_offsets.Length - 1) + h] - target[row];
    }
}
