namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The block of JᵀWJ that one head gives one token, as FᵀF: from its row, where it asks, and from its column, where it answers. Factors keep the
/// digits that their square would lose. docs/identifiability.md (N6).
/// </summary>
internal static class HeadFactor
{
    public static IEnumerable<double[]> Of(HeadTerm head, (Matrix AtQuery, Matrix AtKey) derivative, int token)
    {
        var asking = Triangle(AsQuery(head, token)) * derivative.AtQuery.Transpose();
        var answering = Triangle(AsKey(head, token)) * derivative.AtKey.Transpose();
        return Rows(asking).Concat(Rows(answering));
    }

    // √w_ij (k_j − k̄_i), all j.
    private static Matrix AsQuery(HeadTerm head, int i)
    {
        var (n, width, weight) = (head.RowWeight.Length, head.Keys.Columns, head.Weight.Row(i).ToArray());
        var mean = head.MeanKey(i);
        return Matrix.Create(n, width, (j, c) => Math.Sqrt(weight[j]) * (head.Keys.Row(j)[c] - mean[c]));
    }

    // √(w_ij (1 − w_ij/w_i)) q_i, all i: what is left of an equation once its row's constant has taken its share.
    private static Matrix AsKey(HeadTerm head, int j) =>
        Matrix.Create(head.RowWeight.Length, head.Queries.Columns, (i, c) =>
        {
            var weight = head.Weight.Row(i)[j];
            var share = head.Centred && head.RowWeight[i] > 0 ? weight / head.RowWeight[i] : 0;
            return Math.Sqrt(weight * Math.Max(0, 1 - share)) * head.Queries.Row(i)[c];
        });

    private static Matrix Triangle(Matrix rows) => rows.Rows > rows.Columns ? HouseholderQr.Of(rows).R() : rows;

    private static IEnumerable<double[]> Rows(Matrix matrix) => Enumerable.Range(0, matrix.Rows).Select(i => matrix.Row(i).ToArray());
}
