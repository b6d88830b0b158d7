namespace Unmask.Pipeline;

/// <summary>The attention layer run forward, in double: what the observation would be if X were the truth.</summary>
public static class Forward
{
    /// <summary>
    /// The queries of one head, n×d_h, rotated to their positions where the layer uses rotary embedding; <paramref name="first"/> is that of the first column.
    /// </summary>
    public static Matrix Queries(AttentionLayer layer, Head head, Matrix x, int first = 0) => Project(layer, head.Query, head.QueryBias, x, first);

    /// <summary>The keys of one head, n×d_h, rotated likewise.</summary>
    public static Matrix Keys(AttentionLayer layer, Head head, Matrix x, int first = 0) => Project(layer, head.Key, head.KeyBias, x, first);

    /// <summary>S = s·Q Kᵀ, n×n; −∞ where a causal mask hides the key. derivation.md (1).</summary>
    public static Matrix Scores(AttentionLayer layer, Head head, Matrix x)
    {
        var product = Queries(layer, head, x) * Keys(layer, head, x).Transpose();
        var seen = Enumerable.Range(0, x.Columns).Select(i => layer.Visible(i, x.Columns)).ToArray();
        return Matrix.Create(x.Columns, x.Columns, (i, j) =>
            j >= seen[i].First && j < seen[i].End ? layer.Scale * product[i, j] : double.NegativeInfinity);
    }

    /// <summary>P = softmax of every row, n×n, rows summing to one; exactly 0 where masked. derivation.md (2).</summary>
    public static Matrix Attention(AttentionLayer layer, Head head, Matrix x) => SoftmaxRows(Scores(layer, head, x));

    /// <summary>The softmax of every row, computed after subtracting the row's largest entry.</summary>
    public static Matrix SoftmaxRows(Matrix scores)
    {
        var p = new double[scores.Rows * scores.Columns];
        for (var i = 0; i < scores.Rows; i++)
        {
            var row = scores.Row(i);
            var target = p.AsSpan(i * scores.Columns, scores.Columns);
            var max = double.NegativeInfinity;
            foreach (var s in row) max = Math.Max(max, s);
            var sum = 0.0;
            for (var j = 0; j < row.Length; j++) sum += target[j] = Math.Exp(row[j] - max);
            for (var j = 0; j < row.Length; j++) target[j] /= sum;
        }

        return Matrix.Own(scores.Rows, scores.Columns, p);
    }

    private static Matrix Project(AttentionLayer layer, Matrix weights, Option<Seq<double>> bias, Matrix x, int first)
    {
        var projected = (x.Transpose() * weights).Values.ToArray();
        var width = weights.Columns;
        for (var i = 0; i < x.Columns; i++)
        {
            var row = projected.AsSpan(i * width, width);
            foreach (var b in bias)
                for (var c = 0; c < width; c++) row[c] += b[c];
            foreach (var rotary in layer.Rotary) Rotation.Apply(rotary, first + i, row);
        }

        return Matrix.Own(x.Columns, width, projected);
    }
}
