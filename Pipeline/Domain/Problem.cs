namespace Unmask.Pipeline;

/// <summary>
/// A question ready for a solver: which X (d×n) explains <paramref name="Observed"/>? One observed matrix per head, n×n
/// (scores or attention), or a single n×d output. Rows of attention sum to one; nothing is NaN; shapes agree with the layer.
/// </summary>
public sealed record Problem(
    string Name,
    AttentionLayer Layer,
    Dims Dims,
    Observation Observation,
    Seq<Matrix> Observed,
    Precision Precision,
    Option<Matrix> Value,
    Option<Vocabulary> Vocabulary);
