namespace Unmask.Pipeline.Solvers;

/// <summary>Unknowns and equations of the linear system, before it is made: docs/subspace.md (S8).</summary>
internal static class SubspaceCount
{
    /// <summary>Numbers per token that the heads see: one key for each group of heads that shares it, one query for each head.</summary>
    public static int Seen(AttentionLayer layer) => Keys(layer).Sum() + layer.Heads.Map(head => head.Dimension).Sum();

    /// <summary>Entries of all T.</summary>
    public static int Unknowns(AttentionLayer layer) =>
        Keys(layer).Sum(width => width * (width + 1)) + layer.Heads.Map(head => head.Dimension * head.Dimension).Sum();

    /// <summary>
    /// Whether any number of tokens is enough. Without positions, X has d independent columns at most and the constant row, and further tokens
    /// say nothing new.
    /// </summary>
    public static bool Suffices(AttentionLayer layer) => layer.Rotary.IsSome || LeastTokens(layer) <= layer.D + 1;

    /// <summary>The least number of tokens whose Seen − d equations each leave one solution up to its length.</summary>
    public static int LeastTokens(AttentionLayer layer)
    {
        var each = Seen(layer) - layer.D;
        return (Unknowns(layer) - 1 + each - 1) / each;
    }

    private static IEnumerable<int> Keys(AttentionLayer layer) => layer.KeyGroups.Distinct().Select(first => layer.Heads[first].Dimension);
}
