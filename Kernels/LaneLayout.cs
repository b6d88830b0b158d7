using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>The change of layout of a group of problems, between problem after problem, as callers have them, and side by side, one in every lane.</summary>
internal static unsafe class LaneLayout
{
    /// <summary>States, d×n each.</summary>
    public static void Gather<T>(T* problems, T* target, int filled, in ProblemShape shape)
        where T : unmanaged
    {
        nint size = shape.D * shape.N, row = shape.StrideN == shape.N * shape.Lanes ? size : shape.N;
        if (InBlocks<T>(filled, shape) && typeof(T) == typeof(float)) SingleLanes.Gather((float*)problems, (float*)target, size);
        else if (InBlocks<T>(filled, shape)) DoubleLanes.Gather((double*)problems, (double*)target, size);
        else
            for (nint e = 0; e < size; e += row, target += shape.StrideN)
                Transposition.Run(problems + e, target, filled, row, size, shape.Lanes);
    }

    /// <summary>Gradients, one token a row of the source, as d×n each.</summary>
    public static void Scatter<T>(T* source, T* problems, int filled, in ProblemShape shape)
        where T : unmanaged
    {
        if (InBlocks<T>(filled, shape) && typeof(T) == typeof(float)) SingleLanes.Scatter((float*)source, shape.StrideD, (float*)problems, shape.D, shape.N);
        else if (InBlocks<T>(filled, shape)) DoubleLanes.Scatter((double*)source, shape.StrideD, (double*)problems, shape.D, shape.N);
        else if (InHalfBlocks<T>(filled, shape) && typeof(T) == typeof(float)) SingleBlocks.Scatter((float*)source, shape.StrideD, (float*)problems, shape.D, shape.N);
        else if (InHalfBlocks<T>(filled, shape)) DoubleBlocks.Scatter((double*)source, shape.StrideD, (double*)problems, shape.D, shape.N);
        else
            for (var a = 0; a < shape.D; a++)
                Transposition.Run(source + a * shape.Lanes, problems + a * shape.N, shape.N, filled, shape.StrideD, shape.D * shape.N);
    }

    // Whole vectors of 512 bits, none of whose lanes is left over.
    private static bool InBlocks<T>(int filled, in ProblemShape shape)
        where T : unmanaged => VectorWidths.Has512 && AreWhole<T>(filled, shape, bytes: 64);

    // Likewise of 256.
    private static bool InHalfBlocks<T>(int filled, in ProblemShape shape)
        where T : unmanaged => Avx.IsSupported && AreWhole<T>(filled, shape, bytes: 32);

    private static bool AreWhole<T>(int filled, in ProblemShape shape, int bytes)
        where T : unmanaged =>
        filled == shape.Lanes && shape.Lanes * sizeof(T) == bytes && (shape.N is 4 or 8) && (typeof(T) == typeof(float) || typeof(T) == typeof(double));
}
