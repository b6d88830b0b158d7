namespace Unmask.Generators.Emission;

/// <summary>What a register tile adds up.</summary>
internal enum TileKind
{
    /// <summary>A B.</summary>
    Single,

    /// <summary>A B + Dᵀ E in the same sums; D may be A.</summary>
    Pair,

    /// <summary>A B + Dᵀ E + F G in the same sums.</summary>
    Sum,

    /// <summary>A B and A D side by side, one vector of columns each: every entry of A is read once for both.</summary>
    Twin,
}
