namespace Unmask.Pipeline;

/// <summary>
/// One attention head: query and key projections, each d×d_h (so S = s·(XᵀW_Q + 1b_Qᵀ)(XᵀW_K + 1b_Kᵀ)ᵀ),
/// with biases of length d_h where the model has them. The key bias shifts each row of S by a constant and is invisible after the softmax.
/// </summary>
public sealed record Head(Matrix Query, Matrix Key, Option<Seq<double>> QueryBias, Option<Seq<double>> KeyBias)
{
    public int Dimension => Query.Columns;

    /// <summary>W = W_Q W_Kᵀ, d×d. Multiplied when asked for: kept for every head, it would dwarf a large checkpoint.</summary>
    public Matrix Product => Query * Key.Transpose();

    /// <summary>A head given by its d×d product alone.</summary>
    public static Head OfProduct(Matrix w) => new(w, Matrix.Identity(w.Columns), None, None);

    public static Head Of(Matrix query, Matrix key) => new(query, key, None, None);
}

/// <summary>The attention part of one layer. Every head has d rows; <paramref name="Scale"/> is s, usually 1/√d_h.</summary>
public sealed record AttentionLayer(int Index, int D, Seq<Head> Heads, Mask Mask, double Scale, Option<Rotary> Rotary)
{
    /// <summary>The value weights V, d×(heads·d_h), the heads side by side, so that head h's output is P_h XᵀV_h; absent where not known.</summary>
    public Option<Matrix> Value { get; init; }

    /// <summary>The value bias, length heads·d_h. Rows of P sum to one, so it adds itself to every row of the output.</summary>
    public Option<Seq<double>> ValueBias { get; init; }

    /// <summary>The norm that the states are an output of; absent where none stands before the layer, or none is known.</summary>
    public Option<Norm> Norm { get; init; }

    /// <summary>How many tokens a causal query sees, itself among them, where a model limits that.</summary>
    public Option<int> Window { get; init; }

    /// <summary>The keys that query i of n sees: from the first to before the end.</summary>
    public (int First, int End) Visible(int i, int n) =>
        Mask == Mask.Causal ? (Window.Match(window => Math.Max(0, i + 1 - window), () => 0), i + 1) : (0, n);

    /// <summary>The output projection W_O, (heads·d_h)×d, by which the heads' outputs enter the residual stream; absent where not known.</summary>
    public Option<Matrix> OutputProjection { get; init; }

    /// <summary>The bias of the output projection, length d.</summary>
    public Option<Seq<double>> OutputBias { get; init; }

    /// <summary>What makes X of the residual stream; the identity where norms stand after the sums. Asked for where a stream is observed.</summary>
    public Norm StreamNorm { get; init; } = new Norm.Identity();

    /// <summary>For every head the first one that has the very same keys: heads of a group of queries share them.</summary>
    public Seq<int> KeyGroups => Heads.Map(head => Heads.ToList().FindIndex(first => ReferenceEquals(first.Key, head.Key))).Strict();
}
