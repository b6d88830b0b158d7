namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// Tokens are discrete, so there is nothing to differentiate: n unknowns, tied positions for the nullity, the smallest margin for the gap.
/// </summary>
internal static class TokenVerdict
{
    // A likelihood ratio of e¹⁰: one wrong token in twenty thousand.
    private const double ConfidentMargin = 10;

    public static Identifiability Identifiability(Problem problem, TokenReading reading)
    {
        var tied = reading.Certificates.Filter(c => c.Ties.Count > 0);
        var weak = Weak(reading);
        var margin = reading.Certificates.Fold(double.MaxValue, (least, c) => Math.Min(least, c.Margin));
        var reason = (tied.Count, weak.Count) switch
        {
            (0, 0) => $"Every token is ahead of every other by at least {ConfidentMargin} nats.",
            (0, _) => $"The tokens at {Positions(weak)} are ahead by less than {ConfidentMargin} nats.",
            (_, 0) => $"The tokens at {Positions(tied)} cannot be told from others.",
            _ => $"The tokens at {Positions(tied)} cannot be told from others, "
                + $"those at {Positions(weak)} are ahead by less than {ConfidentMargin} nats.",
        };
        return new Identifiability(
            problem.Dims.N, Counting.Equations(problem), tied.Count, margin,
            tied.IsEmpty ? Symmetry.Unique : Symmetry.Subspace(tied.Count), reason);
    }

    public static VerdictKind Kind(TokenReading reading) =>
        Weak(reading).IsEmpty && reading.Certificates.ForAll(c => c.Ties.IsEmpty) ? VerdictKind.Recovered : VerdictKind.Partial;

    private static Seq<Certificate> Weak(TokenReading reading) =>
        reading.Certificates.Filter(c => c.Ties.IsEmpty && !(c.Margin >= ConfidentMargin));

    private static string Positions(Seq<Certificate> certificates) =>
        (certificates.Count == 1 ? "position " : "positions ") + string.Join(", ", certificates.Map(c => c.Position));
}
