namespace Unmask.Kernels.Measurement;

/// <summary>What a kernel is asked for when it is timed.</summary>
public enum Evaluation
{
    /// <summary>Loss and gradient: derivation.md (9).</summary>
    Gradient,

    /// <summary>The Hessian times a direction, at the point of the last gradient: derivation.md (10).</summary>
    HessianVector,

    /// <summary>The Gauss–Newton matrix times a direction, at the point of the last gradient: derivation.md (11).</summary>
    GaussNewton,
}
