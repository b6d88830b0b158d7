namespace Unmask.Pipeline.Solvers;

/// <summary>
/// How the scores of one query follow the unknowns: ∂S_ij = a_jᵀ∂y_i + b_jᵀ∂y_j with a_j = s AᵀW_Q R_iᵀk_j and b_j = s AᵀW_K R_jᵀq_i, where
/// q and k are rotated already. docs/output.md (O3).
/// </summary>
internal sealed class ScorePulls(AttentionLayer layer, Head head, Unknowns unknowns, Matrix x)
{
    private readonly Matrix _query = layer.Scale * unknowns.Seen(head.Query).Transpose();
    private readonly Matrix _key = layer.Scale * unknowns.Seen(head.Key).Transpose();

    /// <summary>n×d_h, rotated.</summary>
    public Matrix Queries { get; } = Forward.Queries(layer, head, x);

    /// <summary>n×d_h, rotated.</summary>
    public Matrix Keys { get; } = Forward.Keys(layer, head, x);

    /// <summary>The a_j and the b_j as rows, n×f each.</summary>
    public (Matrix Query, Matrix Key) Of(int i) => (
        Turned(Keys.Rows, Keys.Row, _ => -i) * _query,
        Turned(Keys.Rows, _ => Queries.Row(i), j => -j) * _key);

    private delegate ReadOnlySpan<double> RowOf(int j);

    private Matrix Turned(int rows, RowOf row, Func<int, int> position)
    {
        var values = new double[rows * head.Dimension];
        for (var j = 0; j < rows; j++)
        {
            var turned = values.AsSpan(j * head.Dimension, head.Dimension);
            row(j).CopyTo(turned);
            foreach (var rotary in layer.Rotary) Rotation.Apply(rotary, position(j), turned);
        }

        return Matrix.Own(rows, head.Dimension, values);
    }
}
