namespace Unmask.Pipeline;

/// <summary>
/// How the scores of one head move with X: S_ij = q_iᵀk_j moves by k_jᵀA_iᵀ dx_i + q_iᵀB_jᵀ dx_j, q_i and k_j rotated to their places and s inside
/// q_i and A_i. docs/closed-form.md (C19), for the Jacobian, the verdict and the polish alike.
/// </summary>
/// <param name="Queries">Row i is s·q_i, n×d_h.</param>
/// <param name="Keys">Row j is k_j, n×d_h.</param>
internal sealed record ScoreDerivative(AttentionLayer Layer, Head Head, Matrix Queries, Matrix Keys)
{
    public static ScoreDerivative Of(AttentionLayer layer, Head head, Matrix x) =>
        new(layer, head, layer.Scale * Forward.Queries(layer, head, x), Forward.Keys(layer, head, x));

    /// <summary>A_i = s·W_Q R_iᵀ, d×d_h: ∂S_ij/∂x_i = A_i k_j.</summary>
    public Matrix AtQuery(int position) => Turned(Layer.Scale * Head.Query, position);

    /// <summary>B_j = W_K R_jᵀ, d×d_h: ∂S_ij/∂x_j = B_j q_i.</summary>
    public Matrix AtKey(int position) => Turned(Head.Key, position);

    // Row a of W Rᵀ is R times row a of W.
    private Matrix Turned(Matrix weights, int position) => Layer.Rotary.Match(
        None: () => weights,
        Some: rotary =>
        {
            var turned = weights.Values.ToArray();
            for (var a = 0; a < weights.Rows; a++) Rotation.Apply(rotary, position, turned.AsSpan(a * weights.Columns, weights.Columns));
            return Matrix.Own(weights.Rows, weights.Columns, turned);
        });
}
