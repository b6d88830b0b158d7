using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>AMD's Zen 4 by what the processor says of itself: it does 512 bits in two halves, which a width alone does not tell.</summary>
internal static class Zen4
{
    // Of Zen 3 and Zen 4, of which the latter alone has vectors of 512 bits.
    private const int Family = 0x19;

    // What a longer number of a family is added to.
    private const int ExtendedFrom = 15;

    /// <summary>Whether this is one, with vectors of 512 bits in use.</summary>
    public static bool IsHere { get; } = X86Base.IsSupported && IsOne(X86Base.CpuId(1, 0).Eax, VectorWidths.Best);

    /// <summary>Whether one signs itself like this.</summary>
    /// <param name="signature">eax of CPUID's leaf 1.</param>
    /// <param name="best">The widest vectors in use.</param>
    internal static bool IsOne(int signature, VectorWidth best)
    {
        var family = (signature >> 8) & 15;
        return best == VectorWidth.Bits512 && (family == ExtendedFrom ? family + ((signature >> 20) & 255) : family) == Family;
    }
}
