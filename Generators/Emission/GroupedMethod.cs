namespace Unmask.Generators.Emission;

/// <summary>What a method computes from grouped matrices.</summary>
internal enum GroupedKind
{
    /// <summary>C = A B.</summary>
    Straight,

    /// <summary>C = Aᵀ B.</summary>
    Transposed,

    /// <summary>C = Aᵀ B and E = Aᵀ D: every broadcast serves two multiply-adds.</summary>
    Twice,

    /// <summary>C = A B + Aᵀ D.</summary>
    Pair,
}

/// <summary>
/// A product of grouped matrices as a method. A left factor lies interleaved where it is taken as it is, and row after row where its transpose is taken.
/// </summary>
/// <param name="Kind">What it computes.</param>
/// <param name="RightInRows">Whether the right factors lie row after row, as what is given does; else interleaved, as what is computed does.</param>
/// <param name="Adds">Whether it starts from a matrix, which lies interleaved.</param>
/// <param name="ToRows">Whether it leaves C row after row.</param>
internal sealed record GroupedMethod(GroupedKind Kind, bool RightInRows, bool Adds, bool ToRows)
{
    public string Name => $"{Kind}{(RightInRows ? "ByRows" : "")}{(Adds ? "Adding" : "")}{(ToRows ? "ToRows" : "")}";
}
