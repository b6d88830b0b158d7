namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What the queries of some heads alone leave open of the mean of the states, from the maps of all: with the keys known, scores are linear in a shift m
/// of the queries' states. docs/subspace.md (S14).
/// </summary>
internal static class StateMean
{
    /// <summary>The states (d × tokens) moved by the shift that the maps ask for.</summary>
    public static Matrix Completed(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x, IReadOnlyList<int> tokens)
    {
        var equations = new TokenEquations(layer.D);
        foreach (var (head, map) in layer.Heads.Zip(maps))
        {
            var block = map.Select(tokens, tokens);
            var (scores, keys) = (Forward.Scores(layer, head, x), Forward.Keys(layer, head, x));
            var rows = Enumerable.Range(0, tokens.Count).SelectMany(i => Row(block, scores, keys, i)).ToList();
            equations.Add(rows, layer.Scale * head.Query.Transpose());
        }

        return x.AddToColumns(Matrix.Own(layer.D, 1, equations.Solve(TokenPlacement.SizeOf(x))));
    }

    // (G_ij − S_ij less its mean) = (k_j − k̄)·(s W_Qᵀ m), by weight.
    private static IEnumerable<double[]> Row(WeightedBlock block, Matrix scores, Matrix keys, int i)
    {
        var seen = Enumerable.Range(0, block.Columns).Where(j => block.Weights[i, j] > 0).ToArray();
        var rows = seen.Select(j => (double[])[.. keys.Row(j), block.Values[i, j] - scores[i, j]]).ToArray();
        TokenEquations.Centre(rows, [.. seen.Select(j => block.Weights[i, j] * block.Weights[i, j])], keys.Columns + 1);
        return rows;
    }
}
