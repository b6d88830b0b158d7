namespace Unmask.Pipeline.Solvers;

/// <summary>
/// States of the other tokens, one at a time, by linear least squares against those that are placed: as a key a token is seen by the queries of
/// others, as a query it sees their keys. docs/subspace.md (S12).
/// </summary>
internal static class TokenPlacement
{
    // The first finds keys before the known tokens and queries after them, the second has all that for whole states, the third puts them right
    // together.
    private const int Sweeps = 3;

    private const int RefiningSweeps = 6;

    /// <summary>All states, from those at the given tokens (ascending), which stay as they are.</summary>
    /// <param name="known">d × tokens.</param>
    public static Matrix Complete(
        AttentionLayer layer, Seq<WeightedBlock> maps, int n, IReadOnlyList<int> tokens, Matrix known, SolverOptions options)
    {
        var placed = new PlacedTokens(layer, maps, n);
        for (var k = 0; k < tokens.Count; k++)
            placed.Place(tokens[k], Matrix.Create(layer.D, 1, (c, _) => known[c, k]), asQuery: true, asKey: true);
        int[] others = [.. Enumerable.Range(0, n).Except(tokens)];
        var size = SizeOf(known);
        // Seen as a key only, a token has no queries that anything could be made of yet, and the other way round.
        for (var sweep = 0; sweep < Sweeps; sweep++)
            foreach (var token in others)
                placed.Place(token, State(placed, token, size, options), asQuery: sweep > 0 || token > tokens[0], asKey: sweep > 0 || token < tokens[^1]);
        return placed.States();
    }

    /// <summary>
    /// All states once more, each against all others, a few times over: it brings down what the spaces lost where they are badly conditioned.
    /// </summary>
    public static Matrix Refine(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x, SolverOptions options)
    {
        var placed = PlacedTokens.All(layer, maps, x);
        for (var sweep = 0; sweep < RefiningSweeps; sweep++)
            for (var t = 0; t < x.Columns; t++) placed.Place(t, State(placed, t, SizeOf(x), options), asQuery: true, asKey: true);
        return placed.States();
    }

    /// <summary>The root mean square of states: the size that one more is expected to have.</summary>
    public static double SizeOf(Matrix x) => x.FrobeniusNorm() / Math.Sqrt(x.Values.Length);

    private static Matrix State(PlacedTokens placed, int token, double size, SolverOptions options)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        return Matrix.Own(placed.Layer.D, 1, TokenRows.Of(placed, token).Solve(size));
    }
}
