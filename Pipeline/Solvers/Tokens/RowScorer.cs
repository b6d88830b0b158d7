using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of one row for one reading of the tokens before it and any candidate for its own. token-search.md (T7).</summary>
internal sealed class RowScorer : ICandidateLoss
{
    private readonly ObservedRow[] _heads;
    private readonly KeyRows _keys;
    private readonly double[] _gap;
    private readonly int _stride;

    /// <param name="heads">Row i of every head, columns in the order of reading, its own last.</param>
    /// <param name="candidates">The candidates at position i.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    /// <param name="before">The reading of positions 0 … i−1; null for i = 0.</param>
    public RowScorer(ObservedRow[] heads, Candidates candidates, int[] offsets, Hypothesis? before)
    {
        (_heads, _stride) = (heads, heads[0].Stride);
        _keys = new KeyRows(candidates, offsets, _stride, before);
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
        _keys.Gaps(v, h, head.Target, _gap);
        return head.Centred && head.TotalWeight > 0 ? Weighted(head.Weight) / head.TotalWeight : 0;
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
