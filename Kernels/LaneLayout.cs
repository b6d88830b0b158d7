namespace Unmask.Kernels;

/// <summary>The change of layout of a group of problems, between problem after problem, as callers have them, and side by side, one in every lane.</summary>
internal static unsafe class LaneLayout
{
    /// <summary>States, d×n each.</summary>
    public static void Gather<T>(T* problems, T* target, int filled, in ProblemShape shape)
        where T : unmanaged
    {
        nint size = shape.D * shape.N, row = shape.StrideN == shape.N * shape.Lanes ? size : shape.N;
        for (nint e = 0; e < size; e += row, target += shape.StrideN) Transposition.Run(problems + e, target, filled, row, size, shape.Lanes);
    }

    /// <summary>Gradients, one token a row of the source, as d×n each.</summary>
    public static void Scatter<T>(T* source, T* problems, int filled, in ProblemShape shape)
        where T : unmanaged
    {
        for (var a = 0; a < shape.D; a++)
            Transposition.Run(source + a * shape.Lanes, problems + a * shape.N, shape.N, filled, shape.StrideD, shape.D * shape.N);
    }
}
