namespace Unmask.Pipeline;

/// <summary>
/// What was saved of one layer. Each matrix of <paramref name="Scores"/> and <paramref name="Attention"/> is n×n, one per head;
/// <paramref name="Output"/> is n×d, the heads side by side before the output projection.
/// </summary>
public sealed record LayerCapture(int Layer, Seq<Matrix> Scores, Seq<Matrix> Attention, Option<Matrix> Output);

/// <summary>A capture file: the layers it holds and the format its numbers were stored in.</summary>
public sealed record Capture(string Path, Seq<LayerCapture> Layers, Precision Precision);
