namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The null vector of one linear system, made of the entries of the maps that are exact enough: docs/subspace.md (S10), (S13).
/// </summary>
internal sealed record SubspaceAnswer(SubspaceSystem System, NullVector Found)
{
    // Entries by their weight, against the largest of their map, and by how many too many of them place a token: normal numbers first, then whatever is
    // there. A subnormal number decides little of its row, and what it leaves undecided would go into the null vector like the rest.
    private static readonly Seq<(double Share, int Spare)> Choices = Seq((1.0 / 16, 3), (1.0 / 16, 1), (0, 3));

    // What is left of the null vector against what is left of the next one. Above the first nothing better is looked for; below the second noise may
    // have mixed the two.
    private const double WideGap = 1000;
    private const double ClearGap = 10;

    // What rounding alone leaves of either.
    private const double RoundingLevel = 1e-13;

    /// <summary>The tokens, positions in ascending order, that have a state here.</summary>
    public IReadOnlyList<int> Tokens => System.Sides.Tokens;

    private double Gap => Found.Next / Math.Max(Found.Left, RoundingLevel);

    /// <summary>Their states up to one factor, d × tokens.</summary>
    /// <param name="least">Of the queries' weights: what tells the mean.</param>
    public Matrix States(double least = UnbiasedLayer.Negligible) => System.Elimination.States(System, Found.T, least);

    /// <summary>Whether the queries of this head are among the sides.</summary>
    public bool SeesQueries(Head head) => System.Sides.Sides.Any(side => ReferenceEquals(side.Weights, head.Query));

    /// <summary>The answer that stands out most among those from ever less exact entries; the first that is wide enough is taken.</summary>
    public static Fin<SubspaceAnswer> Of(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, SolverOptions options)
    {
        Fin<SubspaceAnswer> best = Faults.SubspaceSingular();
        foreach (var (exact, spare) in Choices.Map(choice => (maps.Map(map => map.Exact(choice.Share)).Strict(), choice.Spare)).Distinct())
        {
            var next = Among(layer, exact, split, spare, options);
            if (best.IsFail || Apart(next) > Apart(best)) best = next;
            if (Apart(best) >= WideGap) break;
        }

        return best.Bind(answer => answer.Gap >= ClearGap ? FinSucc(answer) : Faults.SubspaceGap(answer.Found.Left, answer.Found.Next));
    }

    private static Fin<SubspaceAnswer> Among(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, int spare, SolverOptions options) =>
        from sides in SubspaceSides.Of(layer, maps, split, spare, options.Cancellation)
        from elimination in StateElimination.Of(sides, layer.D)
        let system = new SubspaceSystem(sides, elimination, layer.Rotary)
        from found in NullVector.Of(system, options)
        select new SubspaceAnswer(system, found);

    private static double Apart(Fin<SubspaceAnswer> answer) => answer.Match(Succ: found => found.Gap, Fail: _ => 0);
}
