namespace Unmask.Pipeline.Solvers;

/// <summary>The readings still alive after a row, best first, and what the row gave up.</summary>
internal sealed record Frontier(Hypothesis[] Alive, Dropped Dropped);

/// <summary>Extends every reading by every candidate, in fixed batches, so that the result does not depend on the number of threads.</summary>
internal static class Extend
{
    private const int Batch = 16;
    private const int Block = 256;

    /// <param name="beam">Readings of positions 0 … i−1, best first; a single null for i = 0.</param>
    /// <param name="row">Row i of every head.</param>
    /// <param name="candidates">The candidates at position i.</param>
    /// <param name="offsets"><see cref="CandidateProjector.Offsets"/>.</param>
    /// <param name="freedom">Degrees of freedom of rows 0 … i together.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Frontier By(
        IReadOnlyList<Hypothesis?> beam, ObservedRow[] row, Candidates candidates, int[] offsets, int freedom, ParallelOptions parallel)
    {
        var size = candidates.Keys.Length / offsets[^1];
        var blocks = (size + Block - 1) / Block;
        var heap = new BoundedHeap(Beam.Capacity(candidates.Position));
        var ledger = new DropLedger(size, beam.Count);
        var losses = new double[Batch * size];
        var (best, cutoff) = (double.PositiveInfinity, double.PositiveInfinity);
        // The first batch is the best reading alone, in full: it sets the cutoff for the rest, whose hopeless candidates then cost one head.
        for (int from = 0, count = 1; from < beam.Count; from += count, count = Math.Min(Batch, beam.Count - from))
        {
            var limit = Math.Min(cutoff, heap.Worst);
            Parallel.For(0, count * blocks, parallel, item =>
            {
                var (b, start) = (item / blocks, item % blocks * Block);
                var scorer = new RowScorer(row, candidates, offsets, beam[from + b]);
                for (var v = start; v < Math.Min(size, start + Block); v++)
                    losses[b * size + v] = scorer.Loss(v, beam[from + b]?.Loss ?? 0, limit);
            });
            for (var k = 0; k < count * size; k++) best = Math.Min(best, losses[k]);
            cutoff = Beam.Cutoff(best, freedom);
            for (var k = 0; k < count * size; k++) Sort(new Extension(from + k / size, k % size, losses[k]), cutoff, heap, ledger);
        }

        var (alive, fertile) = (new List<Hypothesis>(), new SortedSet<int>());
        foreach (var kept in heap.Drain())
        {
            if (kept.Loss > cutoff)
            {
                ledger.Add(kept.Parent, kept.Candidate, kept.Loss);
                continue;
            }

            alive.Add(Grow(beam[kept.Parent], kept, candidates, offsets[^1]));
            fertile.Add(kept.Parent);
        }

        var kinship = new Kinship(row, candidates.QueryNorms, offsets);
        return new Frontier([.. alive], ledger.Close(candidates.Position, beam, fertile, kinship));
    }

    /// <summary>A reading extended by one candidate.</summary>
    public static Hypothesis Grow(Hypothesis? parent, Extension by, Candidates candidates, int width) =>
        new(parent, candidates.Position, by.Candidate, candidates.Keys.AsSpan(by.Candidate * width, width).ToArray(), by.Loss);

    private static void Sort(Extension extension, double cutoff, BoundedHeap heap, DropLedger ledger)
    {
        var lost = extension.Loss <= cutoff && extension.Loss <= heap.Worst ? heap.Offer(extension) : extension;
        if (lost is { } gone) ledger.Add(gone.Parent, gone.Candidate, gone.Loss);
    }
}
