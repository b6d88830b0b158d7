using System.Numerics.Tensors;

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

        var size = x.FrobeniusNorm() / Math.Sqrt(x.Values.Length);
        return x.AddToColumns(Matrix.Own(layer.D, 1, equations.Solve(size)));
    }

    // (G_ij − S_ij less its mean) = (k_j − k̄)·(s W_Qᵀ m), by weight.
    private static IEnumerable<double[]> Row(WeightedBlock block, Matrix scores, Matrix keys, int i)
    {
        var seen = Enumerable.Range(0, block.Columns).Where(j => block.Weights[i, j] > 0).ToArray();
        var rows = seen.Select(j => (double[])[.. keys.Row(j), block.Values[i, j] - scores[i, j]]).ToArray();
        var weights = seen.Select(j => block.Weights[i, j]).ToArray();
        var (mean, total) = (new double[keys.Columns + 1], TensorPrimitives.SumOfSquares<double>(weights));
        for (var k = 0; k < rows.Length; k++) TensorPrimitives.MultiplyAdd(rows[k], weights[k] * weights[k] / total, mean, mean);
        for (var k = 0; k < rows.Length; k++)
        {
            TensorPrimitives.Subtract(rows[k], mean, rows[k]);
            TensorPrimitives.Multiply(rows[k], weights[k], rows[k]);
        }

        return rows;
    }
}
