using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of one row of a mean over heads, for one reading of the tokens before it and any candidate for its own. token-search.md (T15).</summary>
internal sealed class MeanRowScorer : ICandidateLoss
{
    private readonly MeanRow _row;
    private readonly KeyRows _keys;
    private readonly int _heads;
    private readonly double[] _head;
    private readonly double[] _mean;

    /// <param name="row">Row i.</param>
    /// <param name="candidates">The candidates at position i.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    /// <param name="before">The reading of positions 0 … i−1; null for i = 0.</param>
    public MeanRowScorer(MeanRow row, Candidates candidates, int[] offsets, Hypothesis? before)
    {
        (_row, _heads) = (row, offsets.Length - 1);
        _keys = new KeyRows(candidates, offsets, row.Stride, before);
        (_head, _mean) = (new double[row.Stride], new double[row.Stride]);
    }

    /// <inheritdoc/>
    public double Loss(int v, double start, double cutoff)
    {
        _mean.AsSpan().Clear();
        for (var h = 0; h < _heads - 1; h++)
        {
            Add(v, h);
            // Heads only add to the mean: what is too much already stays so.
            var least = start + 0.5 * Misses(_row.Above, null);
            if (least >= cutoff) return least;
        }

        Add(v, _heads - 1);
        return start + 0.5 * Misses(_row.Above, _row.Below);
    }

    // The head's softmax over H, added to the mean.
    private void Add(int v, int h)
    {
        _keys.Gaps(v, h, _row.Hidden, _head);
        var (lanes, most, sum) = (Vector<double>.Count, new Vector<double>(double.NegativeInfinity), Vector<double>.Zero);
        for (var j = 0; j < _head.Length; j += lanes) most = Vector.Max(most, new Vector<double>(_head, j));
        var largest = double.NegativeInfinity;
        for (var j = 0; j < lanes; j++) largest = Math.Max(largest, most[j]);
        most = new Vector<double>(largest);
        for (var j = 0; j < _head.Length; j += lanes)
        {
            var e = Vector.Exp(new Vector<double>(_head, j) - most);
            sum += e;
            e.CopyTo(_head, j);
        }

        var share = new Vector<double>(1 / (_heads * Vector.Sum(sum)));
        for (var j = 0; j < _head.Length; j += lanes)
            Vector.FusedMultiplyAdd(share, new Vector<double>(_head, j), new Vector<double>(_mean, j)).CopyTo(_mean, j);
    }

    private double Misses(double[] above, double[]? below)
    {
        var sum = Vector<double>.Zero;
        for (var j = 0; j < _mean.Length; j += Vector<double>.Count)
        {
            var gap = new Vector<double>(_mean, j) - new Vector<double>(_row.Target, j);
            var under = below is null ? Vector<double>.Zero : new Vector<double>(below, j);
            sum += gap * gap * Vector.ConditionalSelect(Vector.GreaterThan(gap, Vector<double>.Zero), new Vector<double>(above, j), under);
        }

        return Vector.Sum(sum);
    }
}
