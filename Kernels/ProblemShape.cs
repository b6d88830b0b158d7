namespace Unmask.Kernels;

/// <summary>The extents and strides of a problem as plain numbers, for all that is not generic over its size.</summary>
/// <param name="Lanes">Problems side by side.</param>
public readonly record struct ProblemShape(int D, int N, int H, int StrideD, int StrideN, int StrideH, int Lanes)
{
    public static ProblemShape Of<TSize>(TSize size, int lanes)
        where TSize : struct, IProblemSize =>
        new((int)size.D, (int)size.N, (int)size.H, (int)size.StrideD, (int)size.StrideN, (int)size.StrideH, lanes);
}
