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

    /// <summary>R = H + a(X), n×d, the residual stream after attention: H enters the layer, X is H through its norm, or H itself where it has none.</summary>
    Residual,
}

internal static class Observations
{
    /// <summary>Whether it is one n×n matrix per head rather than n rows of numbers.</summary>
    public static bool IsOfMaps(this Observation observation) => observation is Observation.Scores or Observation.Attention;
}
