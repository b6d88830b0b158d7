namespace Unmask.Pipeline;

/// <summary>What may be said of an answer, before the answer is looked at.</summary>
public enum VerdictKind
{
    Recovered,
    RecoveredUpToSymmetry,
    Partial,
    Underdetermined,
    NotConverged,
}

/// <summary>The transformations of X that the observation cannot see.</summary>
public abstract record Symmetry
{
    private Symmetry()
    {
    }

    public static Symmetry Unique { get; } = new Named("none");

    public static Symmetry Sign { get; } = new Named("sign");

    /// <summary>X and 2a1ᵀ − X, where biases move the centre a of the reflection away from zero.</summary>
    public static Symmetry Reflection { get; } = new Named("reflection");

    /// <summary>The isometries of a generic W: k independent one-parameter groups.</summary>
    public static Symmetry Torus(int k) => new Named($"torus({k})");

    /// <summary>The isometries of a symmetric W with p positive and q negative eigenvalues.</summary>
    public static Symmetry Orthogonal(int p, int q) => new Named($"orthogonal({p},{q})");

    /// <summary>Nothing near the answer is free, but other X, far from it and isolated, are not excluded.</summary>
    public static Symmetry OtherSolutions { get; } = new Named("other-solutions");

    /// <summary>Any other continuous freedom of k dimensions.</summary>
    public static Symmetry Subspace(int free) => new Named($"subspace({free} free)");

    public sealed override string ToString() => ((Named)this).Label;

    private sealed record Named(string Label) : Symmetry;
}

/// <summary>
/// What the observation determines at the answer. <paramref name="Nullity"/> is the number of free directions of X to first order;
/// <paramref name="Gap"/> the ratio of the smallest determined singular value of the Jacobian to the largest undetermined one.
/// </summary>
public sealed record Identifiability(long Unknowns, long Equations, int Nullity, double Gap, Symmetry Symmetry, string Reason)
{
    /// <summary>Whether the nullity is a lower bound by counting, the problem being too large for the rank.</summary>
    public bool IsCounted { get; init; }

    /// <summary>What noise leaves of the directions that are not free, where it was computed.</summary>
    public Option<Resolution> Resolution { get; init; }
}

/// <summary>
/// How far the maps recomputed from the answer are from what was observed. <paramref name="Max"/> is the largest difference of an entry,
/// <paramref name="RmsLog"/> the root mean square of the row-centred log residual (of the plain residual for scores and outputs),
/// <paramref name="NoiseFloor"/> the Max that the storage format alone would cause.
/// </summary>
public sealed record Residual(double Max, double RmsLog, double NoiseFloor);

/// <summary>The last stage's result.</summary>
public sealed record Verdict(VerdictKind Kind, Identifiability Identifiability, Residual Residual, Estimate Estimate);
