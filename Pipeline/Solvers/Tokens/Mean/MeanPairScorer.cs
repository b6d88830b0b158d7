using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>Row 1 of a mean over heads, for pairs of first tokens: (T15) where each head's softmax is a logistic function of s_10 − s_11.</summary>
internal sealed class MeanPairScorer : IPairScorer
{
    private readonly MeanRow _row;
    private readonly PairTest[] _heads;
    private readonly double[] _first = new double[PairTest.Tile];
    private readonly double[] _self = new double[PairTest.Tile];

    private MeanPairScorer(MeanRow row, PairTest[] heads) => (_row, _heads) = (row, heads);

    /// <summary>A scorer for each thread that asks.</summary>
    public static Func<IPairScorer> Of(MeanRow row, Candidates first, Candidates second, int[] offsets)
    {
        var heads = Enumerable.Range(0, offsets.Length - 1).Select(h => PairTest.OfRowOne(default, h, first, second, offsets)).ToArray();
        return () => new MeanPairScorer(row, heads);
    }

    /// <inheritdoc/>
    public double Evaluate(int tile, int t1, double limit, double[] loss)
    {
        _first.AsSpan().Clear();
        _self.AsSpan().Clear();
        var logistic = new Logistic(_first, _self);
        foreach (var head in _heads) PairGaps.Into(ref logistic, head, head.SecondShift.Length, tile, t1);
        var least = double.PositiveInfinity;
        for (var j = 0; j < loss.Length; j++)
        {
            loss[j] = 0.5 * (Miss(0, _first[j]) + Miss(1, _self[j]));
            least = Math.Min(least, loss[j]);
        }

        return least;
    }

    private double Miss(int column, double sum)
    {
        var gap = sum / _heads.Length - _row.Target[column];
        return gap * gap * (gap > 0 ? _row.Above[column] : _row.Below[column]);
    }

    // Both sides of the row, each to its own last digit: 1 − p_10 would lose those of a small p_11.
    private readonly struct Logistic(double[] first, double[] self) : IGapSink
    {
        // Beyond this e⁻ˢ overflows, and p_10 is zero in every format.
        private const double Deepest = -700;

        public void Take(int j, Vector<double> p, Vector<double> q, Vector<double> r, Vector<double> s)
        {
            var lanes = Vector<double>.Count;
            One(j, p);
            One(j + lanes, q);
            One(j + 2 * lanes, r);
            One(j + 3 * lanes, s);
        }

        private void One(int j, Vector<double> difference)
        {
            var ratio = Vector.Exp(-Vector.Max(difference, new Vector<double>(Deepest)));
            var share = Vector<double>.One / (Vector<double>.One + ratio);
            (new Vector<double>(first, j) + share).CopyTo(first, j);
            (new Vector<double>(self, j) + ratio * share).CopyTo(self, j);
        }
    }
}
