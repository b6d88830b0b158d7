namespace Unmask.Kernels;

/// <summary>A size that is known only at run time.</summary>
public readonly struct AnySize<T>(int d, int n, int h) : IProblemSize
    where T : unmanaged
{
    public nint D { get; } = d;

    public nint N { get; } = n;

    public nint H { get; } = h;

    public nint StrideD { get; } = Strides.Of<T>(d);

    public nint StrideN { get; } = Strides.Of<T>(n);

    public nint StrideH { get; } = Strides.Of<T>(h);
}
