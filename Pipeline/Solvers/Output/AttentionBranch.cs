namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What a layer's attention adds to the residual stream, a(X) = (Σ_h P_h XᵀV_h W_O,h + 1b_Oᵀ)ᵀ, d×n, and its derivative along a direction.
/// docs/output.md (O16).
/// </summary>
internal sealed class AttentionBranch
{
    private readonly AttentionLayer _layer;
    private readonly Matrix[] _through;
    private readonly Matrix _bias;

    /// <param name="layer">With value weights.</param>
    /// <param name="value">V, d×(heads·d_h).</param>
    /// <param name="projection">W_O, (heads·d_h)×d.</param>
    /// <param name="bias">What is added to every token whatever X is, d×1.</param>
    public AttentionBranch(AttentionLayer layer, Matrix value, Matrix projection, Matrix bias)
    {
        var width = value.Columns / layer.Heads.Count;
        (_layer, _bias) = (layer, bias);
        _through = [.. Enumerable.Range(0, layer.Heads.Count).Select(h =>
            Matrix.Create(value.Rows, width, (a, c) => value[a, h * width + c])
            * Matrix.Create(width, projection.Columns, (c, b) => projection[h * width + c, b]))];
    }

    /// <summary>a(X).</summary>
    public Matrix At(Matrix x)
    {
        var sum = Matrix.Create(x.Columns, x.Rows, (_, b) => _bias[b, 0]);
        for (var h = 0; h < _through.Length; h++)
            sum += Forward.Attention(_layer, _layer.Heads[h], x) * (x.Transpose() * _through[h]);
        return sum.Transpose();
    }

    /// <summary>d/dt a(X + tU) at t = 0.</summary>
    public Matrix Along(Matrix x, Matrix u)
    {
        var sum = Matrix.Create(x.Columns, x.Rows, (_, _) => 0);
        for (var h = 0; h < _through.Length; h++)
        {
            var head = _layer.Heads[h];
            var p = Forward.Attention(_layer, head, x);
            // Queries and keys are affine in X: what moves with U is their difference.
            var (queries, keys) = (Forward.Queries(_layer, head, x), Forward.Keys(_layer, head, x));
            var (dq, dk) = (Forward.Queries(_layer, head, x + u) - queries, Forward.Keys(_layer, head, x + u) - keys);
            var ds = dq * keys.Transpose() + queries * dk.Transpose();
            var mean = Matrix.Create(p.Rows, 1, (i, _) => System.Numerics.Tensors.TensorPrimitives.Dot(p.Row(i), ds.Row(i)));
            var dp = Matrix.Create(p.Rows, p.Columns, (i, j) => _layer.Scale * p[i, j] * (ds[i, j] - mean[i, 0]));
            sum += dp * (x.Transpose() * _through[h]) + p * (u.Transpose() * _through[h]);
        }

        return sum.Transpose();
    }
}
