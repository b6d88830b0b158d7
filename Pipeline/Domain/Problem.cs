using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline;

/// <summary>
/// A question ready for a solver: which X (d×n) explains <paramref name="Observed"/>? One observed matrix per head, n×n
/// (scores or attention), their mean alone (attention), or a single n×d output or residual stream. Nothing is NaN; shapes agree with the layer, which has the
/// observed heads only. Rows of attention sum to one, or below where a model lets them; only ratios within a row are used.
/// </summary>
public sealed record Problem(
    string Name,
    AttentionLayer Layer,
    Dims Dims,
    Observation Observation,
    Seq<Matrix> Observed,
    Precision Precision,
    Option<Matrix> Value,
    Option<Vocabulary> Vocabulary)
{
    /// <summary>What was observed beside the maps: Y, n×(heads·d_h), the heads side by side, without the value bias.</summary>
    public Option<Matrix> Output { get; init; }

    /// <summary>What a stored zero of a map says.</summary>
    public Zeros Zeros { get; init; }

    /// <summary>Whether the one map that was observed is the mean over all heads of the layer.</summary>
    public bool Averaged { get; init; }

    /// <summary>Whether the residual stream that was observed has the mean of every token taken off; the layer's output projection lacks it too then.</summary>
    public bool Centred { get; init; }

    /// <summary>Tokens that are known beforehand: position to id.</summary>
    public Map<int, int> KnownTokens { get; init; }

    /// <summary>The model that the layer belongs to, read when asked for, where the layer is not its first.</summary>
    public Option<Func<Fin<Transformer>>> Model { get; init; }

    /// <summary>Columns of X that are known, length d each, by token.</summary>
    public Map<int, Seq<double>> Known { get; init; }

    /// <summary>What X was made of, where an affine map stands before the layer.</summary>
    public Option<FrontEnd> FrontEnd { get; init; }

    /// <summary>What rows of attention sum to.</summary>
    public RowSums RowSums { get; init; }
}
