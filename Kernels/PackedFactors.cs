using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>Copies of factors in the order in which tiles read them, in memory that every thread keeps.</summary>
internal static unsafe class PackedFactors
{
    /// <summary>Bytes of a row of a strip of the right factor: one line of the cache.</summary>
    public const int StripBytes = CacheLine.Bytes;

    /// <summary>Some strips of the right factor, each its rows one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Right<T>(T* right, nint stride, nint depth, nint strips, T* target)
        where T : unmanaged
    {
        nint width = StripBytes / sizeof(T), next = depth * width;
        for (nint k = 0; k < depth; k++, right += stride, target += width)
        {
            T* to = target;
            for (nint s = 0; s < strips; s++, to += next)
            {
                var from = (Vector256<byte>*)(right + s * width);
                ((Vector256<byte>*)to)[0] = from[0];
                ((Vector256<byte>*)to)[1] = from[1];
            }
        }
    }

    /// <summary>Rows of the left factor, a tile's columns one after another: the first by six, as many as are twelve or a multiple of it, and the rest by four.</summary>
    public static void Left<T>(ProductPart part, T* left, T* target)
        where T : unmanaged
    {
        var rows = (part.Rows + 3) & -4;
        var tall = Tall(rows);
        for (nint i = 0; i < tall; i += SixRows.Rows) Tile<T, SixRows>(part, left + i * part.LeftRowStep, target + i * part.Depth);
        for (var i = tall; i < rows; i += FourRows.Rows) Tile<T, FourRows>(part, left + i * part.LeftRowStep, target + i * part.Depth);
    }

    /// <summary>Rows that tiles of six serve.</summary>
    public static nint Tall(nint rows) => rows / 12 * 12;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T, THeight>(ProductPart part, T* left, T* target)
        where T : unmanaged
        where THeight : struct, ITileHeight
    {
        var (depth, stride) = (part.Depth, part.LeftStride);
        if (part.LeftTransposed)
        {
            for (nint k = 0; k < depth; k++, left += stride, target += THeight.Rows) Copy<T, THeight>(left, target);
            return;
        }

        for (nint r = 0; r < THeight.Rows; r += 2, left += 2 * stride, target += 2) TwoRows(left, left + stride, depth, target, THeight.Rows);
    }

    // Entries of two rows side by side, by vectors of them where the processor can take these apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoRows<T>(T* first, T* second, nint depth, T* to, nint step)
        where T : unmanaged
    {
        nint k = 0;
        if (Sse2.IsSupported && sizeof(T) == sizeof(float))
        {
            for (; k + 4 <= depth; k += 4, to += 4 * step)
            {
                Vector128<float> a = *(Vector128<float>*)(first + k), b = *(Vector128<float>*)(second + k), low = Sse.UnpackLow(a, b), high = Sse.UnpackHigh(a, b);
                Sse.StoreLow((float*)to, low);
                Sse.StoreHigh((float*)(to + step), low);
                Sse.StoreLow((float*)(to + 2 * step), high);
                Sse.StoreHigh((float*)(to + 3 * step), high);
            }
        }
        else if (Sse2.IsSupported && sizeof(T) == sizeof(double))
        {
            for (; k + 2 <= depth; k += 2, to += 2 * step)
            {
                Vector128<double> a = *(Vector128<double>*)(first + k), b = *(Vector128<double>*)(second + k);
                *(Vector128<double>*)to = Sse2.UnpackLow(a, b);
                *(Vector128<double>*)(to + step) = Sse2.UnpackHigh(a, b);
            }
        }

        for (; k < depth; k++, to += step) (to[0], to[1]) = (first[k], second[k]);
    }

    // 16 to 48 bytes, the last sixteen over some of those before where they are 24.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T, THeight>(T* from, T* to)
        where T : unmanaged
        where THeight : struct, ITileHeight
    {
        nint bytes = THeight.Rows * sizeof(T), last = bytes - 16;
        if (last > 0) *(Vector128<byte>*)to = *(Vector128<byte>*)from;
        if (last >= 32) *(Vector128<byte>*)((byte*)to + 16) = *(Vector128<byte>*)((byte*)from + 16);
        *(Vector128<byte>*)((byte*)to + last) = *(Vector128<byte>*)((byte*)from + last);
    }
}
