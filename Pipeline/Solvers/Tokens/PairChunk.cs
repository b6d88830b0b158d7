using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>Some second tokens against every first one: the best pairs, and a lower bound of what was lost, token by token.</summary>
internal sealed class PairChunk
{
    private readonly PairTest[] _tests;
    private readonly BoundedHeap _heap = new(Beam.Capacity(1));
    private readonly double[] _loss = new double[PairTest.Tile];
    private readonly double _limit;
    private readonly int _size;

    /// <param name="tests">The most forceful first.</param>
    /// <param name="size">V.</param>
    /// <param name="from">The first of the second tokens.</param>
    /// <param name="to">Past the last of them.</param>
    /// <param name="limit">Pairs above this loss are of no use.</param>
    /// <param name="cancellation">Ends the search.</param>
    public PairChunk(PairTest[] tests, int size, int from, int to, double limit, CancellationToken cancellation)
    {
        (_tests, _size, _limit, From, To) = (tests, size, limit, from, to);
        LostFirst = Infinite(PairTest.Padded(size));
        LostSecond = Infinite(to - from);
        // The tile of first tokens stays in the nearest cache while all second tokens pass over it.
        for (var tile = 0; tile < size; tile += PairTest.Tile)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var t1 = from; t1 < to; t1++) Sift(tile, t1, Evaluate(tile, t1, Math.Min(_limit, _heap.Worst)));
        }

        Kept = _heap.Drain();
    }

    public int From { get; }

    public int To { get; }

    /// <summary>The best pairs: parent t₀, candidate t₁.</summary>
    public Extension[] Kept { get; }

    /// <summary>By t₀, padded.</summary>
    public double[] LostFirst { get; }

    /// <summary>By t₁ − <see cref="From"/>.</summary>
    public double[] LostSecond { get; }

    // ½χ² of a tile of pairs into _loss, or, once all of them exceed the limit, of the tests so far. Returns the least.
    private double Evaluate(int tile, int t1, double limit)
    {
        _loss.AsSpan().Clear();
        var least = 0.0;
        for (var k = 0; k < _tests.Length && least <= limit; k++) least = Add(_tests[k], tile, t1);
        return least;
    }

    private double Add(PairTest test, int tile, int t1)
    {
        var (lanes, stride) = (Vector<double>.Count, PairTest.Padded(_size));
        var width = test.First.Length / stride;
        var b = test.Second.AsSpan(t1 * width, width);
        ref var a = ref MemoryMarshal.GetArrayDataReference(test.First);
        var shift = new Vector<double>(-test.SecondShift[t1] - test.Test.Target);
        var (above, below) = (new Vector<double>(0.5 * test.Test.Above), new Vector<double>(0.5 * test.Test.Below));
        var least = new Vector<double>(double.PositiveInfinity);
        for (var j = 0; j < PairTest.Tile; j += 4 * lanes)
        {
            var at = tile + j;
            var (p, q) = (shift - new Vector<double>(test.FirstShift, at), shift - new Vector<double>(test.FirstShift, at + lanes));
            var (r, s) = (shift - new Vector<double>(test.FirstShift, at + 2 * lanes), shift - new Vector<double>(test.FirstShift, at + 3 * lanes));
            for (var c = 0; c < b.Length; c++, at += stride)
            {
                var v = new Vector<double>(b[c]);
                p = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)at), p);
                q = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + lanes)), q);
                r = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + 2 * lanes)), r);
                s = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + 3 * lanes)), s);
            }

            least = Vector.Min(least, Vector.Min(
                Vector.Min(Raise(j, p, above, below), Raise(j + lanes, q, above, below)),
                Vector.Min(Raise(j + 2 * lanes, r, above, below), Raise(j + 3 * lanes, s, above, below))));
        }

        var smallest = double.PositiveInfinity;
        for (var j = 0; j < lanes; j++) smallest = Math.Min(smallest, least[j]);
        return smallest;
    }

    private Vector<double> Raise(int j, Vector<double> gap, Vector<double> above, Vector<double> below)
    {
        var loss = new Vector<double>(_loss, j)
            + gap * gap * Vector.ConditionalSelect(Vector.GreaterThan(gap, Vector<double>.Zero), above, below);
        loss.CopyTo(_loss, j);
        return loss;
    }

    private void Sift(int tile, int t1, double least)
    {
        if (least > Math.Min(_limit, _heap.Worst))
        {
            for (var j = 0; j < PairTest.Tile; j += Vector<double>.Count)
                Vector.Min(new Vector<double>(_loss, j), new Vector<double>(LostFirst, tile + j)).CopyTo(LostFirst, tile + j);
            LostSecond[t1 - From] = Math.Min(LostSecond[t1 - From], least);
            return;
        }

        for (var j = 0; j < Math.Min(PairTest.Tile, _size - tile); j++)
        {
            var pair = new Extension(tile + j, t1, _loss[j]);
            if ((pair.Loss <= _limit && pair.Loss <= _heap.Worst ? _heap.Offer(pair) : pair) is { } lost) Lose(lost);
        }
    }

    private void Lose(Extension pair)
    {
        LostFirst[pair.Parent] = Math.Min(LostFirst[pair.Parent], pair.Loss);
        LostSecond[pair.Candidate - From] = Math.Min(LostSecond[pair.Candidate - From], pair.Loss);
    }

    private static double[] Infinite(int length)
    {
        var values = new double[length];
        values.AsSpan().Fill(double.PositiveInfinity);
        return values;
    }
}
