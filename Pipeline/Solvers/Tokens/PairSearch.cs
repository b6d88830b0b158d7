namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The first two tokens decoded together where neither is known: V² pairs pass through in tiles, and only the best are kept.
/// token-search.md (T7).
/// </summary>
internal static class PairSearch
{
    // Second tokens are shared out in chunks. A round of them starts with what the rounds before it kept, so that what is abandoned, and with it
    // the answer, does not depend on the number of threads.
    private const int Chunk = 64;
    private const int Round = 16;

    /// <param name="first">The step of token 0; it observes nothing by itself.</param>
    /// <param name="second">The step of token 1.</param>
    /// <param name="scorer">What the two decide together: a scorer for each chunk.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Frontier Search(IStep first, IStep second, Func<IPairScorer> scorer, ParallelOptions parallel)
    {
        var size = second.Count;
        var (start, end) = second is KnownStep known ? (known.Candidate, known.Candidate + 1) : (0, size);
        var heap = new BoundedHeap(second.Capacity);
        var (byFirst, bySecond) = (new DropLedger(size, 1), new DropLedger(size, 1));
        for (var from = start; from < end; from += Round * Chunk)
        {
            var chunks = new PairChunk[Math.Min(Round, (end - from + Chunk - 1) / Chunk)];
            var limit = heap.Worst;
            Parallel.For(0, chunks.Length, parallel, k =>
            {
                var at = from + k * Chunk;
                chunks[k] = new PairChunk(scorer(), size, second.Capacity, at, Math.Min(end, at + Chunk), limit, parallel.CancellationToken);
            });
            foreach (var chunk in chunks) Merge(chunk);
        }

        var kept = heap.Drain();
        var cutoff = Beam.Cutoff(kept[0].Loss, second.Freedom);
        foreach (var pair in kept.Where(k => k.Loss > cutoff)) Drop(pair.Parent, pair.Candidate, pair.Loss);
        var survivors = kept.Where(k => k.Loss <= cutoff).ToArray();
        var alive = survivors.Select(k => second.Grow(first.Grow(null, new Extension(0, k.Parent, 0)), k));
        // A pair without a near relative has both tokens outside; each table bounds it from below.
        var orphan = Math.Max(
            byFirst.Outside(survivors.Select(k => k.Parent).ToHashSet()), bySecond.Outside(survivors.Select(k => k.Candidate).ToHashSet()));
        return new Frontier([.. alive], new Dropped(1, [byFirst.Rivals(), bySecond.Rivals()], orphan));

        void Merge(PairChunk chunk)
        {
            foreach (var pair in chunk.Kept)
                if (heap.Offer(pair) is { } lost) Drop(lost.Parent, lost.Candidate, lost.Loss);
            for (var v = 0; v < size; v++) byFirst.Add(0, v, chunk.LostFirst[v]);
            for (var v = chunk.From; v < chunk.To; v++) bySecond.Add(0, v, chunk.LostSecond[v - chunk.From]);
        }

        void Drop(int t0, int t1, double loss)
        {
            byFirst.Add(0, t0, loss);
            bySecond.Add(0, t1, loss);
        }
    }
}
