namespace Unmask.Kernels;

/// <summary>How wide the vectors of tiny programs in double precision are, where nobody asks for a width.</summary>
internal static class TinyWidth
{
    /// <summary>The machine's widest, or half of it for 4×4 on a Zen 4: there every shuffle of all eight numbers takes two turns. docs/decisions/0009.</summary>
    public static VectorWidth Of(int d, int n) => Zen4.IsHere && (d, n) is (4, 4) ? VectorWidth.Bits256 : VectorWidths.Best;
}
