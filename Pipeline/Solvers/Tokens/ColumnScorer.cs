using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² that any candidate's column adds to the rows of one reading of the earlier steps. token-search.md (T10).</summary>
internal sealed class ColumnScorer : ICandidateLoss
{
    private readonly ObservedColumn[] _heads;
    private readonly Candidates _candidates;
    private readonly int[] _offsets;
    private readonly double[] _queries;
    private readonly double[] _shift;
    private readonly int _stride;

    /// <param name="heads">The column in every head.</param>
    /// <param name="candidates">The candidates whose column it is.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    /// <param name="before">The reading of the earlier steps; null at the first.</param>
    public ColumnScorer(ObservedColumn[] heads, Candidates candidates, int[] offsets, Hypothesis? before)
    {
        (_heads, _candidates, _offsets, _stride) = (heads, candidates, offsets, heads[0].Stride);
        _queries = new double[offsets[^1] * _stride];
        for (var node = before; node is not null; node = node.Parent)
            for (var c = 0; c < node.Query.Length; c++) _queries[c * _stride + node.Position] = node.Query[c];
        _shift = new double[heads.Length * _stride];
        for (var h = 0; h < heads.Length; h++)
            for (var a = 0; a <= (before?.Position ?? -1); a++)
                _shift[h * _stride + a] = -heads[h].Target[a] - before!.Constants[a * heads.Length + h];
    }

    /// <inheritdoc/>
    public double Loss(int v, double start, double cutoff)
    {
        var loss = start;
        for (var h = 0; h < _heads.Length && loss < cutoff; h++) loss += 0.5 * ChiSquare(v, h);
        return loss;
    }

    /// <summary>By how much candidate <paramref name="v"/> misses each target under the row constants so far, row by row, heads side by side.</summary>
    public double[] Gaps(int v)
    {
        var (gaps, row) = (new double[_stride * _heads.Length], new double[_stride]);
        for (var h = 0; h < _heads.Length; h++)
        {
            for (var a = 0; a < _stride; a += Vector<double>.Count) Gap(Key(v, h), h, a).CopyTo(row, a);
            for (var a = 0; a < _stride; a++) gaps[a * _heads.Length + h] = row[a];
        }

        return gaps;
    }

    private double ChiSquare(int v, int h)
    {
        var key = Key(v, h);
        var (head, total) = (_heads[h], Vector<double>.Zero);
        for (var a = 0; a < _stride; a += Vector<double>.Count)
        {
            var gap = Gap(key, h, a);
            total += gap * gap * Vector.ConditionalSelect(
                Vector.GreaterThan(gap, Vector<double>.Zero), new Vector<double>(head.Above, a), new Vector<double>(head.Below, a));
        }

        return Vector.Sum(total);
    }

    private ReadOnlySpan<double> Key(int v, int h) =>
        _candidates.Keys.AsSpan(v * _offsets[^1] + _offsets[h], _offsets[h + 1] - _offsets[h]);

    private Vector<double> Gap(ReadOnlySpan<double> key, int h, int a)
    {
        ref var q = ref MemoryMarshal.GetReference(_queries.AsSpan(_offsets[h] * _stride));
        var gap = new Vector<double>(_shift, h * _stride + a);
        for (var c = 0; c < key.Length; c++)
            gap = Vector.FusedMultiplyAdd(new Vector<double>(key[c]), Vector.LoadUnsafe(ref q, (nuint)(c * _stride + a)), gap);
        return gap;
    }
}
