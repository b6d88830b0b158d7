using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>The second cache of a core, by what the processor says of itself.</summary>
internal static class SecondCache
{
    // Of AMD's and Intel's processors alike: kilobytes in the upper half of ecx.
    private const int Caches = unchecked((int)0x80000006);

    private const int Usual = 1 << 20;

    /// <summary>Bytes; a megabyte where nothing is said.</summary>
    public static int Bytes { get; } = Read() is > 0 and var bytes ? bytes : Usual;

    /// <summary>Whether it is smaller than what blocks of maps and products are otherwise cut for.</summary>
    public static bool IsSmall => Bytes < Usual;

    private static int Read() => X86Base.IsSupported ? (X86Base.CpuId(Caches, 0).Ecx >>> 16) << 10 : 0;
}
