namespace Unmask.Pipeline;

/// <summary>Plain weight matrices: every head d×d_h (or one d×d product), and d×d value weights, heads side by side, where given.</summary>
public sealed record Weights(string Path, int D, Seq<Head> Heads, Option<Matrix> Value);

/// <summary>Plain observed matrices, one per head: n×n scores or attention, or a single n×d output.</summary>
public sealed record Target(string Path, string Name, Seq<Matrix> Matrices, Precision Precision);
