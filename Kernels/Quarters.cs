using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Unmask.Kernels;

/// <summary>Transposition of the quarters of four registers of 512 bits.</summary>
internal static class Quarters
{
    /// <summary>The first quarters of a, b, c, d into one register, the second ones into the next, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(V a, V b, V c, V d, out V first, out V second, out V third, out V fourth)
    {
        V k = Avx512F.Shuffle4x128(a, b, 0x44), l = Avx512F.Shuffle4x128(c, d, 0x44), m = Avx512F.Shuffle4x128(a, b, 0xEE), n = Avx512F.Shuffle4x128(c, d, 0xEE);
        (first, second) = (Avx512F.Shuffle4x128(k, l, 0x88), Avx512F.Shuffle4x128(k, l, 0xDD));
        (third, fourth) = (Avx512F.Shuffle4x128(m, n, 0x88), Avx512F.Shuffle4x128(m, n, 0xDD));
    }
}
