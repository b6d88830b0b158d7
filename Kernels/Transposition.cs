using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>Transposition between two buffers, in blocks that fit the registers.</summary>
internal static unsafe class Transposition
{
    /// <summary>target = sourceᵀ, where the source is rows × columns and every entry is as many numbers as there are lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride, nint lanes = 1)
        where T : unmanaged
    {
        nint i = 0;
        if (lanes == 1 && Avx.IsSupported && columns >= 4)
        {
            for (; i + 4 <= rows; i += 4)
            {
                nint j = 0;
                for (; j + 4 <= columns; j += 4) Block(source + i * sourceStride + j, target + j * targetStride + i, sourceStride, targetStride);
                Entries(source, target, i, i + 4, j, columns, sourceStride, targetStride, lanes);
            }
        }

        Entries(source, target, i, rows, 0, columns, sourceStride, targetStride, lanes);
    }

    private static void Entries<T>(T* source, T* target, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo, nint sourceStride, nint targetStride, nint lanes)
        where T : unmanaged
    {
        for (var i = rowFrom; i < rowTo; i++)
            for (var j = columnFrom; j < columnTo; j++)
                for (nint lane = 0; lane < lanes; lane++)
                    target[j * targetStride + i * lanes + lane] = source[i * sourceStride + j * lanes + lane];
    }

    // 4×4, in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<T>(T* s, T* t, nint sourceStride, nint targetStride)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<float> r0 = *(Vector128<float>*)s, r1 = *(Vector128<float>*)(s + sourceStride), r2 = *(Vector128<float>*)(s + 2 * sourceStride), r3 = *(Vector128<float>*)(s + 3 * sourceStride);
            Vector128<float> a = Sse.UnpackLow(r0, r1), b = Sse.UnpackLow(r2, r3), c = Sse.UnpackHigh(r0, r1), d = Sse.UnpackHigh(r2, r3);
            *(Vector128<float>*)t = Sse.MoveLowToHigh(a, b);
            *(Vector128<float>*)(t + targetStride) = Sse.MoveHighToLow(b, a);
            *(Vector128<float>*)(t + 2 * targetStride) = Sse.MoveLowToHigh(c, d);
            *(Vector128<float>*)(t + 3 * targetStride) = Sse.MoveHighToLow(d, c);
        }
        else
        {
            Vector256<double> r0 = *(Vector256<double>*)s, r1 = *(Vector256<double>*)(s + sourceStride), r2 = *(Vector256<double>*)(s + 2 * sourceStride), r3 = *(Vector256<double>*)(s + 3 * sourceStride);
            Vector256<double> a = Avx.UnpackLow(r0, r1), b = Avx.UnpackHigh(r0, r1), c = Avx.UnpackLow(r2, r3), d = Avx.UnpackHigh(r2, r3);
            *(Vector256<double>*)t = Avx.Permute2x128(a, c, 0x20);
            *(Vector256<double>*)(t + targetStride) = Avx.Permute2x128(b, d, 0x20);
            *(Vector256<double>*)(t + 2 * targetStride) = Avx.Permute2x128(a, c, 0x31);
            *(Vector256<double>*)(t + 3 * targetStride) = Avx.Permute2x128(b, d, 0x31);
        }
    }
}
