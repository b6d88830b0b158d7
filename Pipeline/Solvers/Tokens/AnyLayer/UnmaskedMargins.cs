namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The last word on a reading: the nearest rivals of every token are run through the whole model, and a better one takes its place, until there is
/// none; what is left is each token's margin. token-search.md (T18).
/// </summary>
internal sealed class UnmaskedMargins(UnmaskedModel model, UnmaskedEvidence evidence, Map<int, int> known, ParallelOptions parallel)
{
    private const int Rounds = 8;

    // How many rivals of a token are run through the whole model; those after them are judged with all others as they stand.
    private const int Exact = 16;

    /// <summary>The reading, and for every position the losses of its rivals less its own, over φ, best first.</summary>
    public UnmaskedMargined Of(UnmaskedFit fit)
    {
        var rivals = new Rival[fit.Reading.Candidates.Length][];
        for (var (round, moved) = (0, true); moved && round < Rounds; round++)
        {
            moved = false;
            for (var position = 0; position < rivals.Length; position++)
            {
                var (next, found) = Judge(fit, position);
                rivals[position] = found;
                moved |= next != fit;
                fit = next;
            }
        }

        return new UnmaskedMargined(fit, rivals);
    }

    private (UnmaskedFit Fit, Rival[] Rivals) Judge(UnmaskedFit fit, int position)
    {
        if (known.ContainsKey(position)) return (fit, []);
        var (reading, own) = (fit.Reading, fit.Reading.Candidates[position]);
        var standing = evidence.Standing(reading, evidence.Exact);
        var (losses, freedom) = evidence.Judge(reading, standing, position, evidence.Exact, parallel);
        var nearest = Enumerable.Range(0, losses.Length).Where(v => v != own).OrderBy(v => losses[v]).ThenBy(v => v).Take(Dropped.Named).ToArray();
        var exact = new UnmaskedFit[Math.Min(Exact, nearest.Length)];
        Parallel.For(0, exact.Length, parallel, k =>
        {
            var other = model.Read(reading.With(position, nearest[k]));
            exact[k] = fit with { Reading = other, Loss = (standing with { At = other.At }).Loss() };
        });
        var best = exact.Append(fit with { Loss = standing.Loss() }).MinBy(one => one.Loss)!;
        var misfit = Math.Max(best.Misfit, Beam.Misfit(losses[best.Reading.Candidates[position]], freedom));
        var rivals = exact.Select(one => new Rival(one.Reading.Candidates[position], one.Loss - best.Loss))
            .Concat(nearest.Skip(Exact).Select(v => new Rival(v, losses[v] - losses[own])))
            .Append(new Rival(own, fit.Loss - best.Loss))
            .Where(rival => rival.Candidate != best.Reading.Candidates[position])
            .Select(rival => rival with { Loss = Math.Max(0, rival.Loss) / misfit });
        return (best.Reading == reading ? fit : best, [.. rivals.OrderBy(rival => rival.Loss).ThenBy(rival => rival.Candidate)]);
    }
}
