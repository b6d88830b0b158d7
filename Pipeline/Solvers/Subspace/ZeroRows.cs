using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The inequalities S_ij − c_i ≤ log z of the zeros in one token's row and column, linear in its state: docs/subspace.md (S15).
/// </summary>
internal static class ZeroRows
{
    /// <summary>For every zero the gradient (length d) of S_ij − c_i, and by how much that is above its bound now.</summary>
    public static IEnumerable<(double[] Gradient, double Excess)> Of(Problem problem, PlacedTokens placed, int h, int token)
    {
        var (layer, n, map) = (placed.Layer, placed.Count, problem.Observed[h]);
        var bound = Math.Log(Math.Max(double.Epsilon, problem.Precision.ZeroCeiling));
        bool Zero(int i, int j) => map[i, j] == 0 && layer.Visible(i, n) is var seen && j >= seen.First && j < seen.End;
        var derivative = new ScoreDerivative(layer, layer.Heads[h], Matrix.Identity(1), Matrix.Identity(1));
        var (atQuery, atKey) = (derivative.AtQuery(token), derivative.AtKey(token));
        var (mean, own) = MeanKey(placed, h, token);
        for (var j = 0; j < n; j++)
        {
            if (!Zero(token, j) || own is not { } share) continue;
            var apart = new double[mean.Length];
            TensorPrimitives.Subtract(placed.Key(h, j), mean, apart);
            // The diagonal is a query and a key at once.
            var itself = (j == token ? 1 : 0) - share;
            yield return (
                Sum(Times(atQuery, apart), Times(atKey, placed.Query(h, token)!), itself * layer.Scale),
                placed.LogOf(h, token, j) - bound);
        }

        for (var i = 0; i < n; i++)
        {
            if (i == token || !Zero(i, token)) continue;
            yield return (Sum(new double[problem.Dims.D], Times(atKey, placed.Query(h, i)!), layer.Scale), placed.LogOf(h, i, token) - bound);
        }
    }

    // k̄ of the row by its weights, and the share of the diagonal in it; none where nothing of the row is seen.
    private static (double[] Mean, double? Own) MeanKey(PlacedTokens placed, int h, int token)
    {
        var weights = Enumerable.Range(0, placed.Count).Select(j => placed.Squared(h, token, j)).ToArray();
        var (mean, total) = (new double[placed.Layer.Heads[h].Dimension], weights.Sum());
        if (!(total > 0)) return (mean, null);
        for (var j = 0; j < weights.Length; j++) TensorPrimitives.MultiplyAdd(placed.Key(h, j), weights[j] / total, mean, mean);
        return (mean, weights[token] / total);
    }

    private static double[] Times(Matrix weights, double[] vector) => (weights * Matrix.Own(vector.Length, 1, vector)).Values.ToArray();

    private static double[] Sum(double[] one, double[] other, double factor)
    {
        TensorPrimitives.MultiplyAdd(other, factor, one, one);
        return one;
    }
}
