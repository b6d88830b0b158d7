using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>The equations of one token against those that are placed: docs/subspace.md (S12).</summary>
internal static class TokenRows
{
    /// <summary>Everything that the maps say of a token's state (d numbers), given those that are placed.</summary>
    public static TokenEquations Of(PlacedTokens placed, int token)
    {
        var equations = new TokenEquations(placed.Layer.D);
        for (var h = 0; h < placed.Layer.Heads.Count; h++)
        {
            var head = placed.Layer.Heads[h];
            var (query, key) = (TurnedRows(placed, head.Query, token), TurnedRows(placed, head.Key, token));
            var (queryBias, keyBias) = (placed.Turned(BiasOf(head.QueryBias, head), token), placed.Turned(BiasOf(head.KeyBias, head), token));
            var (rows, mean, weight) = AsQuery(placed, h, token, queryBias);
            equations.Add(rows, query);
            equations.Add(AsKey(placed, h, token, keyBias), key);
            if (placed.Squared(h, token, token) is > 0 and var w && weight > 0 && (placed.Query(h, token) ?? placed.Key(h, token)) is not null)
                equations.Add(Itself(placed, h, token, mean, queryBias, keyBias, query, key), 1 / Math.Sqrt(1 / w + 1 / weight));
        }

        return equations;
    }

    // Its own row but for the diagonal, centred: w(s(k_j − k̄)·z) = w(G_j − Ḡ).
    private static (List<double[]> Rows, double[] Mean, double Weight) AsQuery(PlacedTokens placed, int h, int token, double[] bias)
    {
        var (rows, weights) = (new List<double[]>(), new List<double>());
        for (var j = 0; j < placed.Count; j++)
            if (j != token && placed.Key(h, j) is { } key && placed.Squared(h, token, j) is > 0 and var w)
            {
                rows.Add(Row(placed.Layer.Scale, key, placed.Maps[h].Values[token, j], bias));
                weights.Add(w);
            }

        var (mean, sum) = TokenEquations.Centre(rows, weights, placed.Layer.Heads[h].Dimension + 1);
        return (rows, mean, sum);
    }

    // The diagonal against the mean of the rest of its row: s q·k ≈ s(q₀·k + q·k₀ − q₀·k₀). Of a token that is placed as one of the two, the
    // other counts as 0.
    private static double[] Itself(
        PlacedTokens placed, int h, int token, double[] mean, double[] queryBias, double[] keyBias, Matrix query, Matrix key)
    {
        var (q, k) = (placed.Query(h, token) ?? new double[queryBias.Length], placed.Key(h, token) ?? new double[keyBias.Length]);
        var (s, r) = (placed.Layer.Scale, queryBias.Length);
        var (asQuery, asKey) = (Row(s, k, 0, queryBias), Row(s, q, 0, keyBias));
        TensorPrimitives.Subtract(asQuery, mean, asQuery);
        var row = new double[placed.Layer.D + 1];
        var coefficients = row.AsSpan(0, placed.Layer.D);
        for (var p = 0; p < r; p++)
        {
            TensorPrimitives.MultiplyAdd(query.Row(p), asQuery[p], coefficients, coefficients);
            TensorPrimitives.MultiplyAdd(key.Row(p), asKey[p], coefficients, coefficients);
        }

        row[^1] = placed.Maps[h].Values[token, token] + asQuery[r] + asKey[r] + s * TensorPrimitives.Dot<double>(q, k);
        return row;
    }

    // Its column: s q_i·z = G_it − r_i, with r_i from the rest of row i and as uncertain as that is.
    private static List<double[]> AsKey(PlacedTokens placed, int h, int token, double[] bias)
    {
        var rows = new List<double[]>();
        for (var i = 0; i < placed.Count; i++)
        {
            var w = placed.Squared(h, i, token);
            if (i == token || w == 0 || placed.Query(h, i) is not { } query) continue;
            var (offset, rest) = placed.RowWithout(h, i, token);
            if (rest == 0) continue;
            var row = Row(placed.Layer.Scale, query, placed.Maps[h].Values[i, token] - offset, bias);
            TensorPrimitives.Multiply(row, 1 / Math.Sqrt(1 / w + 1 / rest), row);
            rows.Add(row);
        }

        return rows;
    }

    // s f·(z + b) = g as (s f, g − s f·b).
    private static double[] Row(double s, double[] factor, double g, double[] bias)
    {
        var row = new double[factor.Length + 1];
        TensorPrimitives.Multiply(factor, s, row);
        row[^1] = g - s * TensorPrimitives.Dot<double>(factor, bias);
        return row;
    }

    private static double[] BiasOf(Option<Seq<double>> bias, Head head) =>
        bias.Match(Some: known => known.ToArray(), None: () => new double[head.Dimension]);

    // R_t Wᵀ, r×d: its columns are the rows of W, turned.
    private static Matrix TurnedRows(PlacedTokens placed, Matrix weights, int token)
    {
        if (placed.Layer.Rotary.IsNone) return weights.Transpose();
        var turned = new double[weights.Rows][];
        for (var c = 0; c < weights.Rows; c++) turned[c] = placed.Turned(weights.Row(c).ToArray(), token);
        return Matrix.Create(weights.Columns, weights.Rows, (p, c) => turned[c][p]);
    }
}
