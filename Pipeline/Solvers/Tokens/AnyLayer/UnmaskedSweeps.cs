namespace Unmask.Pipeline.Solvers;

/// <summary>A reading, ½χ² of all maps by the exact forward pass, and its degrees of freedom.</summary>
internal sealed record UnmaskedFit(UnmaskedReading Reading, double Loss, int Freedom)
{
    public double Misfit => Beam.Misfit(Loss, Freedom);

    /// <summary>χ² within five standard deviations of what noise makes of it.</summary>
    public bool Explains => 2 * Loss <= Freedom + 5 * Math.Sqrt(2.0 * Freedom);
}

/// <summary>
/// One token after another is replaced by the best candidate while all others stand, until none changes; from sweep to sweep the error allowed to
/// each head becomes what the reading leaves of it. token-search.md (T17).
/// </summary>
internal sealed class UnmaskedSweeps(Problem problem, UnmaskedModel model, UnmaskedEvidence evidence, Map<int, int> known, ParallelOptions parallel)
{
    private const int Most = 24;

    // Sweeps that may go by without a lower loss.
    private const int Patience = 4;

    private readonly int[] _order = [.. ReadingOrder.Of(known.Keys, problem).Where(position => !known.ContainsKey(position))];

    /// <param name="start">Candidates by position, or <see cref="UnmaskedModel.Unread"/>.</param>
    /// <param name="progress">Told of every sweep.</param>
    public UnmaskedFit From(int[] start, Action<UnmaskedFit> progress)
    {
        var reading = model.Read(start);
        var allowed = evidence.Left(evidence.Standing(reading, evidence.Exact));
        UnmaskedFit? best = null;
        for (var (sweep, since) = (0, 0); sweep < Most && since < Patience; sweep++)
        {
            var before = reading.Candidates;
            foreach (var position in _order) reading = Move(reading, position, allowed);
            var standing = evidence.Standing(reading, evidence.Exact);
            var fit = new UnmaskedFit(reading, standing.Loss(), standing.Freedom);
            since = best is null || fit.Loss < best.Loss ? 0 : since + 1;
            if (since == 0) best = fit;
            progress(best!);
            if (best!.Explains || before.SequenceEqual(reading.Candidates)) break;
            // Never wider than before: what was explained once need not be given up.
            allowed = [.. evidence.Left(standing).Zip(allowed, Math.Min)];
        }

        return best!;
    }

    private UnmaskedReading Move(UnmaskedReading reading, int position, double[] allowed)
    {
        var (losses, _) = evidence.Judge(reading, evidence.Standing(reading, allowed), position, allowed, parallel);
        var best = System.Array.IndexOf(losses, losses.Min());
        return best == reading.Candidates[position] ? reading : model.Read(reading.With(position, best));
    }
}
