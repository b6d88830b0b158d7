using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>Transposition between two buffers, in blocks that fit the registers where the machine has them.</summary>
internal static unsafe class Transposition
{
    /// <summary>target = sourceᵀ, where the source is rows × columns and every entry is as many numbers as there are lanes.</summary>
    public static void Run<T>(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride, nint lanes = 1)
        where T : unmanaged
    {
        if (lanes == 1 && typeof(T) == typeof(float)) SingleBlocks.Run((float*)source, (float*)target, rows, columns, sourceStride, targetStride);
        else if (lanes == 1 && typeof(T) == typeof(double)) DoubleBlocks.Run((double*)source, (double*)target, rows, columns, sourceStride, targetStride);
        else Entries(source, target, 0, rows, 0, columns, sourceStride, targetStride, lanes);
    }

    /// <summary>Some of the entries, one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Entries<T>(T* source, T* target, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo, nint sourceStride, nint targetStride, nint lanes = 1)
        where T : unmanaged
    {
        for (var i = rowFrom; i < rowTo; i++)
            for (var j = columnFrom; j < columnTo; j++)
                for (nint lane = 0; lane < lanes; lane++)
                    target[j * targetStride + i * lanes + lane] = source[i * sourceStride + j * lanes + lane];
    }
}
