namespace Unmask.Pipeline;

/// <summary>What was seen of the layer.</summary>
public enum Observation
{
    /// <summary>S = s·XᵀWX, n×n, before the softmax.</summary>
    Scores,

    /// <summary>P = softmax of the rows of S, n×n.</summary>
    Attention,

    /// <summary>Y = P Xᵀ V, n×d.</summary>
    Output,
}
