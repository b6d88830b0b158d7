namespace Unmask.Pipeline.Solvers;

/// <summary>A reading that no single token improves, and what the rivals of each token would cost more, in nats, best first, by position.</summary>
internal sealed record UnmaskedMargined(UnmaskedFit Fit, Rival[][] Rivals)
{
    // From here on no other start could change a verdict.
    private const double Plenty = 100;

    /// <summary>Whether the maps are explained and every token is far ahead.</summary>
    public bool Clear => Fit.Explains && Rivals.All(at => at.All(rival => rival.Loss >= Plenty));

    /// <summary>
    /// With what other starts ended in among the rivals, and less <paramref name="room"/>, the logarithm of how many readings there are that differ in
    /// other tokens, too. token-search.md (T18).
    /// </summary>
    public UnmaskedMargined Beside(Seq<UnmaskedFit> others, double room) => this with
    {
        Rivals = [.. Rivals.Select((at, position) => at.Select(rival => rival with { Loss = Math.Max(0, rival.Loss - room) })
            .Concat(others.Map(other => new Rival(other.Reading.Candidates[position], Math.Max(0, other.Loss - Fit.Loss) / Fit.Misfit)))
            .Where(rival => rival.Candidate != Fit.Reading.Candidates[position])
            .GroupBy(rival => rival.Candidate, (candidate, of) => new Rival(candidate, of.Min(rival => rival.Loss)))
            .OrderBy(rival => rival.Loss).ThenBy(rival => rival.Candidate).ToArray())],
    };
}
