using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What a layer's attention adds to the residual stream, a(H)ᵀ = Σ_h P_h XᵀV_h W_O,h + 1b_Oᵀ with X = N(H), token by token, and how it moves with H.
/// docs/output.md (O16), (O19).
/// </summary>
/// <param name="layer">With its heads, norm and mask.</param>
/// <param name="value">V, d×(heads·d_v).</param>
/// <param name="projection">W_O, (heads·d_v)×d.</param>
/// <param name="bias">What is added to every token whatever X is, d×1.</param>
internal sealed class AttentionBranch(AttentionLayer layer, Matrix value, Matrix projection, Matrix bias)
{
    private readonly int _width = value.Columns / layer.Heads.Count;

    public AttentionLayer Layer => layer;

    /// <summary>The columns of H (d×count) that stand at <paramref name="position"/> and after it, projected.</summary>
    public ProjectedTokens Project(Matrix stream, int position)
    {
        var x = Norms.Columns(layer.StreamNorm, stream);
        return new ProjectedTokens(
            stream,
            layer.Heads.Map(head => layer.Scale * Forward.Queries(layer, head, x, position)).Strict(),
            layer.Heads.Map(head => Forward.Keys(layer, head, x, position)).Strict(),
            Values(x));
    }

    /// <summary>XᵀV of all heads side by side, n×(heads·d_v).</summary>
    public Matrix Values(Matrix x) => x.Transpose() * value;

    /// <summary>What reaches the stream of the heads' outputs, one row each: m×(heads·d_v) to m×d.</summary>
    public Matrix Written(Matrix mixed) => (mixed * projection).Transpose().AddToColumns(bias).Transpose();

    /// <summary>a(H), d×n.</summary>
    public Matrix At(Matrix stream) => From(Project(stream, 0), 0);

    /// <summary>The columns of a(H) from <paramref name="first"/> on.</summary>
    public Matrix From(ProjectedTokens tokens, int first)
    {
        var mixed = new double[(tokens.Count - first) * value.Columns];
        for (var i = first; i < tokens.Count; i++)
            for (var h = 0; h < layer.Heads.Count; h++)
            {
                var p = Probabilities(tokens, h, i);
                var row = mixed.AsSpan((i - first) * value.Columns + h * _width, _width);
                for (var j = 0; j < p.Length; j++) TensorPrimitives.MultiplyAdd(Value(tokens, j, h), p[j], row, row);
            }

        return Written(Matrix.Own(tokens.Count - first, value.Columns, mixed)).Transpose();
    }

    /// <summary>
    /// How column i of a(H) moves when column t of H moves along each row of <paramref name="along"/> (m×d): m×d. With the identity the transposed
    /// block (i, t) of a′.
    /// </summary>
    public Matrix Moves(ProjectedTokens tokens, int i, int t, Matrix along)
    {
        var moved = new NormDerivative(layer.StreamNorm, tokens.Column(t)).Along(along);
        var mixed = new double[along.Rows * value.Columns];
        var carried = moved * value;
        for (var h = 0; h < layer.Heads.Count; h++)
        {
            var p = Probabilities(tokens, h, i);
            if (t >= p.Length) continue;
            var derivative = new ScoreDerivative(layer, layer.Heads[h], tokens.Queries[h], tokens.Keys[h]);
            var deviations = Deviations(tokens, h, p);
            // The keys of t move one score of the row, the queries of i all of them.
            var scores = moved * (derivative.AtKey(t) * Column(tokens.Queries[h].Row(i)));
            var asked = i == t ? moved * derivative.AtQuery(i) * Weighed(tokens.Keys[h], p, deviations) : null;
            for (var m = 0; m < along.Rows; m++)
            {
                var row = mixed.AsSpan(m * value.Columns + h * _width, _width);
                TensorPrimitives.Multiply(carried.Row(m).Slice(h * _width, _width), p[t], row);
                TensorPrimitives.MultiplyAdd(deviations.Row(t), p[t] * scores[m, 0], row, row);
                if (asked is not null) TensorPrimitives.Add(row, asked.Row(m), row);
            }
        }

        return Matrix.Own(along.Rows, value.Columns, mixed) * projection;
    }

    // Row i of P_h up to the last key that it sees.
    private double[] Probabilities(ProjectedTokens tokens, int h, int i)
    {
        var (first, end) = layer.Visible(i, tokens.Count);
        var p = new double[end];
        for (var j = first; j < end; j++) p[j] = TensorPrimitives.Dot(tokens.Queries[h].Row(i), tokens.Keys[h].Row(j));
        var seen = p.AsSpan(first);
        TensorPrimitives.Subtract(seen, TensorPrimitives.Max<double>(seen), seen);
        TensorPrimitives.SoftMax<double>(seen, seen);
        return p;
    }

    private ReadOnlySpan<double> Value(ProjectedTokens tokens, int j, int h) => tokens.Values.Row(j).Slice(h * _width, _width);

    // v_j less the mean that P makes of them: dp_j = p_j (ds_j − Σ p ds) moves the sum by p_j (v_j − v̄) ds_j.
    private Matrix Deviations(ProjectedTokens tokens, int h, double[] p)
    {
        var (mean, left) = (new double[_width], new double[p.Length * _width]);
        for (var j = 0; j < p.Length; j++) TensorPrimitives.MultiplyAdd(Value(tokens, j, h), p[j], mean, mean);
        for (var j = 0; j < p.Length; j++) TensorPrimitives.Subtract(Value(tokens, j, h), mean, left.AsSpan(j * _width, _width));
        return Matrix.Own(p.Length, _width, left);
    }

    // Σ_j p_j k_j (v_j − v̄)ᵀ.
    private static Matrix Weighed(Matrix keys, double[] p, Matrix deviations) =>
        Matrix.Create(keys.Columns, p.Length, (c, j) => p[j] * keys[j, c]) * deviations;

    private static Matrix Column(ReadOnlySpan<double> values) => Matrix.Of(values.Length, 1, values);
}
