using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unmask.Kernels;

/// <summary>Transposition between two buffers, in blocks that fit the registers where the machine has them.</summary>
internal static unsafe class Transposition
{
    /// <summary>target = sourceᵀ, where the source is rows × columns and every entry is as many numbers as there are lanes.</summary>
    public static void Run<T>(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride, nint lanes = 1)
        where T : unmanaged
    {
        if (lanes == 1) Strips(source, target, rows, columns, sourceStride, targetStride);
        else if (lanes * sizeof(T) == 64) Whole<T, Vector512<T>>(source, target, rows, columns, sourceStride, targetStride);
        else if (lanes * sizeof(T) == 32) Whole<T, Vector256<T>>(source, target, rows, columns, sourceStride, targetStride);
        else if (lanes * sizeof(T) == 16) Whole<T, Vector128<T>>(source, target, rows, columns, sourceStride, targetStride);
        else Entries(source, target, 0, rows, 0, columns, sourceStride, targetStride);
    }

    // As many columns as a line of the cache holds, from the first row to the last: rows of the target are then written from one end to the other.
    private static void Strips<T>(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride)
        where T : unmanaged
    {
        nint width = CacheLine.Bytes / sizeof(T);
        for (nint j = 0; j < columns; j += width, source += width, target += width * targetStride)
        {
            var some = nint.Min(width, columns - j);
            if (typeof(T) == typeof(float)) SingleBlocks.Run((float*)source, (float*)target, rows, some, sourceStride, targetStride);
            else if (typeof(T) == typeof(double)) DoubleBlocks.Run((double*)source, (double*)target, rows, some, sourceStride, targetStride);
            else Entries(source, target, 0, rows, 0, some, sourceStride, targetStride);
        }
    }

    /// <summary>Some of the entries, one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Entries<T>(T* source, T* target, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo, nint sourceStride, nint targetStride)
        where T : unmanaged
    {
        for (var i = rowFrom; i < rowTo; i++)
            for (var j = columnFrom; j < columnTo; j++) target[j * targetStride + i] = source[i * sourceStride + j];
    }

    // Entries that are vectors, one number a problem.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole<T, TVector>(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride)
        where T : unmanaged
        where TVector : unmanaged
    {
        for (nint i = 0; i < rows; i++)
            for (nint j = 0; j < columns; j++)
                *((TVector*)(target + j * targetStride) + i) = *((TVector*)(source + i * sourceStride) + j);
    }
}
