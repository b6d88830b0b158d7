using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>Some second tokens against every first one: the best pairs, and a lower bound of what was lost, token by token.</summary>
internal sealed class PairChunk
{
    private readonly BoundedHeap _heap;
    private readonly double[] _loss = new double[PairTest.Tile];
    private readonly double _limit;
    private readonly int _size;

    /// <param name="scorer">What pairs cost; of this chunk's own.</param>
    /// <param name="size">V.</param>
    /// <param name="capacity">The most pairs kept.</param>
    /// <param name="from">The first of the second tokens.</param>
    /// <param name="to">Past the last of them.</param>
    /// <param name="limit">Pairs above this loss are of no use.</param>
    /// <param name="cancellation">Ends the search.</param>
    public PairChunk(IPairScorer scorer, int size, int capacity, int from, int to, double limit, CancellationToken cancellation)
    {
        (_heap, _size, _limit, From, To) = (new BoundedHeap(capacity), size, limit, from, to);
        LostFirst = Infinite(PairTest.Padded(size));
        LostSecond = Infinite(to - from);
        // The tile of first tokens stays in the nearest cache while all second tokens pass over it.
        for (var tile = 0; tile < size; tile += PairTest.Tile)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var t1 = from; t1 < to; t1++) Sift(tile, t1, scorer.Evaluate(tile, t1, Math.Min(_limit, _heap.Worst), _loss));
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
