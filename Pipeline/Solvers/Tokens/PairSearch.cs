using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The first two tokens of an attention map, decoded together: row 0 is [1] and says nothing, row 1 fixes one difference of scores per head,
/// for every pair. V² pairs pass through in tiles; only the best are kept. token-search.md (T7).
/// </summary>
internal static class PairSearch
{
    // One tile of keys (a few dozen coordinates by 512 candidates) stays in the second-level cache while 64 second tokens pass over it.
    private const int Tile = 512;
    private const int Chunk = 64;

    public static Frontier Search(
        ObservedRow[] row, Candidates first, Candidates second, int[] offsets, ParallelOptions parallel)
    {
        var width = offsets[^1];
        var size = first.Keys.Length / width;
        var heap = new BoundedHeap(Beam.Capacity(1));
        var (byFirst, bySecond) = (new DropLedger(size, 1), new DropLedger(size, 1));
        var tests = row.Select(RowOneTest.Of).ToArray();
        var keys = Columns(first.Keys, size, width);
        var gate = new Lock();
        Parallel.For(0, (size + Chunk - 1) / Chunk, parallel, () => new Worker(size), (chunk, _, worker) =>
        {
            worker.Scan(chunk * Chunk, Math.Min(size, (chunk + 1) * Chunk), tests, keys, second, offsets, parallel.CancellationToken);
            return worker;
        }, worker =>
        {
            lock (gate)
            {
                foreach (var pair in worker.Heap.Drain())
                    if (heap.Offer(pair) is { } lost) Drop(lost.Parent, lost.Candidate, lost.Loss);
                for (var v = 0; v < size; v++)
                {
                    byFirst.Add(0, v, worker.LostFirst[v]);
                    bySecond.Add(0, v, worker.LostSecond[v]);
                }
            }
        });

        var kept = heap.Drain();
        var cutoff = Beam.Cutoff(kept[0].Loss, row.Sum(h => h.Freedom));
        foreach (var pair in kept.Where(k => k.Loss > cutoff)) Drop(pair.Parent, pair.Candidate, pair.Loss);
        var survivors = kept.Where(k => k.Loss <= cutoff).ToArray();
        var alive = survivors.Select(k => Extend.Grow(Extend.Grow(null, new Extension(0, k.Parent, 0), first, width), k, second, width));
        // A pair without a near relative has both tokens outside; each table bounds it from below.
        var orphan = Math.Max(
            byFirst.Outside(survivors.Select(k => k.Parent).ToHashSet()), bySecond.Outside(survivors.Select(k => k.Candidate).ToHashSet()));
        return new Frontier([.. alive], new Dropped(1, [byFirst.Rivals(), bySecond.Rivals()], orphan));

        void Drop(int t0, int t1, double loss)
        {
            byFirst.Add(0, t0, loss);
            bySecond.Add(0, t1, loss);
        }
    }

    // Coordinate c of all candidates side by side, each padded to a whole tile.
    private static double[] Columns(double[] rows, int size, int width)
    {
        var stride = Padded(size);
        var columns = new double[width * stride];
        for (var v = 0; v < size; v++)
            for (var c = 0; c < width; c++)
                columns[c * stride + v] = rows[v * width + c];
        return columns;
    }

    private static int Padded(int size) => (size + Tile - 1) / Tile * Tile;

    private sealed class Worker(int size)
    {
        private readonly double[] _loss = new double[Tile];

        public BoundedHeap Heap { get; } = new(Beam.Capacity(1));

        public double[] LostFirst { get; } = Enumerable.Repeat(double.PositiveInfinity, size).ToArray();

        public double[] LostSecond { get; } = Enumerable.Repeat(double.PositiveInfinity, size).ToArray();

        public void Scan(
            int from, int to, RowOneTest[] tests, double[] keys, Candidates second, int[] offsets, CancellationToken cancellation)
        {
            var width = offsets[^1];
            for (var tile = 0; tile < size; tile += Tile)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var t1 = from; t1 < to; t1++)
                {
                    _loss.AsSpan().Clear();
                    for (var h = 0; h < tests.Length; h++)
                    {
                        var query = second.Queries.AsSpan(t1 * width + offsets[h], offsets[h + 1] - offsets[h]);
                        Add(tests[h], second.Self[t1 * tests.Length + h], query, keys, offsets[h] * Padded(size) + tile);
                    }

                    Sift(tile, Math.Min(Tile, size - tile), t1);
                }
            }
        }

        private void Add(RowOneTest test, double self, ReadOnlySpan<double> query, double[] keys, int at)
        {
            var (stride, lanes) = (Padded(size), Vector<double>.Count);
            var shift = new Vector<double>(-self - test.Target);
            var (above, below) = (new Vector<double>(0.5 * test.Above), new Vector<double>(0.5 * test.Below));
            for (var j = 0; j < Tile; j += 2 * lanes)
            {
                var (a, b) = (shift, shift);
                for (var c = 0; c < query.Length; c++)
                {
                    var q = new Vector<double>(query[c]);
                    a = Vector.FusedMultiplyAdd(q, new Vector<double>(keys, at + c * stride + j), a);
                    b = Vector.FusedMultiplyAdd(q, new Vector<double>(keys, at + c * stride + j + lanes), b);
                }

                (new Vector<double>(_loss, j) + Penalty(a, above, below)).CopyTo(_loss, j);
                (new Vector<double>(_loss, j + lanes) + Penalty(b, above, below)).CopyTo(_loss, j + lanes);
            }
        }

        private static Vector<double> Penalty(Vector<double> gap, Vector<double> above, Vector<double> below) =>
            gap * gap * Vector.ConditionalSelect(Vector.GreaterThan(gap, Vector<double>.Zero), above, below);

        private void Sift(int tile, int count, int t1)
        {
            var (worst, least) = (Heap.Worst, LostSecond[t1]);
            for (var j = 0; j < count; j++)
            {
                var (t0, loss) = (tile + j, _loss[j]);
                if (loss > worst)
                {
                    least = Math.Min(least, loss);
                    LostFirst[t0] = Math.Min(LostFirst[t0], loss);
                }
                else
                {
                    if (Heap.Offer(new Extension(t0, t1, loss)) is { } lost)
                    {
                        LostFirst[lost.Parent] = Math.Min(LostFirst[lost.Parent], lost.Loss);
                        LostSecond[lost.Candidate] = Math.Min(LostSecond[lost.Candidate], lost.Loss);
                        least = Math.Min(least, LostSecond[t1]);
                    }

                    worst = Heap.Worst;
                }
            }

            LostSecond[t1] = least;
        }
    }
}
