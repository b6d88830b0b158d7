using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unmask.Kernels;

/// <summary>How wide the vectors of a kernel are.</summary>
public enum VectorWidth
{
    Scalar = 0,
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

/// <summary>What this machine, under its present settings, does in hardware.</summary>
public static class VectorWidths
{
    /// <summary>The widest that is accelerated.</summary>
    public static VectorWidth Best { get; } =
        Has512 ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Whether there are vectors of 512 bits. A constant while a method is compiled.</summary>
    internal static bool Has512
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
#if EMULATE_AVX512
        get => true;
#else
        get => Vector512.IsHardwareAccelerated;
#endif
    }

    /// <summary>All that run in hardware, scalar first.</summary>
    public static IReadOnlyList<VectorWidth> Supported { get; } = [.. Enum.GetValues<VectorWidth>().Where(w => w <= Best).Order()];

    /// <summary>The given width, or a narrower one if a row of n entries does not fill it.</summary>
    public static VectorWidth Filled<T>(VectorWidth width, int n)
        where T : unmanaged
    {
        var row = Strides.Of<T>(n) * Unsafe.SizeOf<T>() * 8;
        return (int)width <= row ? width : (VectorWidth)row;
    }
}
