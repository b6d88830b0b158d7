using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of pairs of first tokens. Belongs to one thread.</summary>
internal interface IPairScorer
{
    /// <summary>
    /// ½χ² of second token <paramref name="t1"/> behind each first token of the tile into <paramref name="loss"/>, or, once all of them exceed
    /// <paramref name="limit"/>, of the tests so far. Returns the least.
    /// </summary>
    double Evaluate(int tile, int t1, double limit, double[] loss);
}

/// <summary>Tests that each decide by themselves: heads only add to χ². token-search.md (T7).</summary>
/// <param name="tests">The most forceful first.</param>
internal sealed class PairTestScorer(PairTest[] tests) : IPairScorer
{
    /// <summary>A scorer for each thread that asks.</summary>
    public static Func<IPairScorer> Of(IEnumerable<PairTest> tests)
    {
        var forceful = tests.OrderByDescending(test => test.Force).ToArray();
        return () => new PairTestScorer(forceful);
    }

    /// <inheritdoc/>
    public double Evaluate(int tile, int t1, double limit, double[] loss)
    {
        loss.AsSpan().Clear();
        var least = 0.0;
        for (var k = 0; k < tests.Length && least <= limit; k++) least = Add(tests[k], tile, t1, loss);
        return least;
    }

    private static double Add(PairTest test, int tile, int t1, double[] loss)
    {
        var raise = new Raise(loss, test.Test);
        PairGaps.Into(ref raise, test, test.SecondShift.Length, tile, t1);
        return raise.Least();
    }

    private struct Raise(double[] loss, RowOneTest test) : IGapSink
    {
        private readonly double[] _loss = loss;
        private readonly Vector<double> _above = new(0.5 * test.Above);
        private readonly Vector<double> _below = new(0.5 * test.Below);
        private Vector<double> _least = new(double.PositiveInfinity);

        public void Take(int j, Vector<double> p, Vector<double> q, Vector<double> r, Vector<double> s)
        {
            var lanes = Vector<double>.Count;
            _least = Vector.Min(_least, Vector.Min(
                Vector.Min(One(j, p), One(j + lanes, q)), Vector.Min(One(j + 2 * lanes, r), One(j + 3 * lanes, s))));
        }

        public readonly double Least()
        {
            var smallest = double.PositiveInfinity;
            for (var j = 0; j < Vector<double>.Count; j++) smallest = Math.Min(smallest, _least[j]);
            return smallest;
        }

        private readonly Vector<double> One(int j, Vector<double> gap)
        {
            var sum = new Vector<double>(_loss, j)
                + gap * gap * Vector.ConditionalSelect(Vector.GreaterThan(gap, Vector<double>.Zero), _above, _below);
            sum.CopyTo(_loss, j);
            return sum;
        }
    }
}
