namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Which tokens are solved for first, and which rows and columns show their spaces. Without a mask everything shows everything. A causal map is
/// cut into A | B | C: the rows of C see all of A and B and give the keys of B, the columns of A are seen by all of B and C and give the
/// queries of B. docs/subspace.md (S4).
/// </summary>
internal sealed record TokenSplit(int Tokens, int Before, int Middle)
{
    public IReadOnlyList<int> KeyRows => Before == 0 ? Range(0, Tokens) : Range(Before + Middle, Tokens);

    public IReadOnlyList<int> KeyColumns => Range(0, Before + Middle);

    public IReadOnlyList<int> QueryRows => Range(Before, Tokens);

    public IReadOnlyList<int> QueryColumns => Before == 0 ? Range(0, Tokens) : Range(0, Before);

    /// <summary>The split of n tokens, or how many would be the least.</summary>
    public static Fin<TokenSplit> Of(AttentionLayer layer, int n)
    {
        var width = layer.Heads.Map(head => head.Dimension).Max();
        var sharing = layer.KeyGroups.GroupBy(identity).Min(group => group.Count());
        var middle = SubspaceCount.LeastTokens(layer);
        if (layer.Mask == Mask.None) return Enough(n, Math.Max(middle, width + 1), new TokenSplit(n, 0, n));
        // Rows of heads that share keys add up.
        var (before, after) = (width + 1, (width + sharing - 1) / sharing);
        var spare = n - before - middle - after;
        // More than the least on all three sides: errors of the spaces fall with the rows and columns that show them.
        return Enough(n, before + middle + after, new TokenSplit(n, before + spare / 4, middle + spare - spare / 4 - 2 * spare / 5));
    }

    private static Fin<TokenSplit> Enough(int n, int least, TokenSplit split) =>
        n >= least ? split : Faults.SolverDoesNotApply(Subspace.Name, $"this layer needs at least {least} tokens, there are {n}");

    private static IReadOnlyList<int> Range(int from, int end) => [.. Enumerable.Range(from, Math.Max(0, end - from))];
}
