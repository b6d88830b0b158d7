using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>How rows of a batch attend: to each other, or to a prefix and themselves.</summary>
internal interface IMixing
{
    /// <summary>
    /// Turns the queries and keys of <paramref name="projected"/> to their positions and writes every head's P V to <paramref name="context"/>, in the
    /// slots of <paramref name="weights"/>.
    /// </summary>
    void Mix(int layer, AttentionWeights weights, PaddedMatrix<double> projected, PaddedMatrix<double> context);
}
