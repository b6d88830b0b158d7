namespace Unmask.Pipeline;

/// <summary>Plain weight matrices: every head d×d_h (or one d×d product), and d×d value weights, heads side by side, where given.</summary>
public sealed record Weights(string Path, int D, Seq<Head> Heads, Option<Matrix> Value)
{
    /// <summary>The value bias, length heads·d_h.</summary>
    public Option<Seq<double>> ValueBias { get; init; }

    /// <summary>W_O, (heads·d_h)×d; the identity where absent.</summary>
    public Option<Matrix> OutputProjection { get; init; }

    /// <summary>The bias of the output projection, length d.</summary>
    public Option<Seq<double>> OutputBias { get; init; }
}

/// <summary>Plain observed matrices, one per head: n×n scores or attention, or a single n×d output or residual stream.</summary>
public sealed record Target(string Path, string Name, Seq<Matrix> Matrices, Precision Precision);
