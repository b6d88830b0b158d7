namespace Unmask.Pipeline.Solvers;

/// <summary>The readings still alive after a row, best first, and what the row gave up.</summary>
internal sealed record Frontier(Hypothesis[] Alive, Dropped Dropped);

/// <summary>Extends every reading by every candidate, in fixed batches, so that the result does not depend on the number of threads.</summary>
internal static class Extend
{
    private const int Batch = 16;
    private const int Block = 256;

    /// <param name="beam">Readings of the earlier steps, best first; a single null at the first.</param>
    /// <param name="step">What is read now.</param>
    /// <param name="freedom">Degrees of freedom of all steps up to this one.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Frontier By(IReadOnlyList<Hypothesis?> beam, IStep step, int freedom, ParallelOptions parallel)
    {
        var (size, position) = (step.Count, step.Position);
        var blocks = (size + Block - 1) / Block;
        var heap = new BoundedHeap(step.Capacity);
        var ledger = new DropLedger(size, beam.Count);
        var losses = new double[Batch * size];
        var (best, cutoff) = (double.PositiveInfinity, double.PositiveInfinity);
        // The first batch is the best reading alone, in full: it sets the cutoff for the rest, whose hopeless candidates then cost one head.
        for (int from = 0, count = 1; from < beam.Count; from += count, count = Math.Min(Batch, beam.Count - from))
        {
            var limit = Math.Min(cutoff, heap.Worst);
            var scorers = Enumerable.Range(from, count).Select(b => step.Against(beam[b])).ToArray();
            Parallel.For(0, count * blocks, parallel, item =>
            {
                var (b, start) = (item / blocks, item % blocks * Block);
                var scorer = scorers[b]();
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

            alive.Add(step.Grow(beam[kept.Parent], kept));
            fertile.Add(kept.Parent);
        }

        return new Frontier([.. alive], ledger.Close(position, beam, fertile, step.Kinship));
    }

    private static void Sort(Extension extension, double cutoff, BoundedHeap heap, DropLedger ledger)
    {
        var lost = extension.Loss <= cutoff && extension.Loss <= heap.Worst ? heap.Offer(extension) : extension;
        if (lost is { } gone) ledger.Add(gone.Parent, gone.Candidate, gone.Loss);
    }
}
