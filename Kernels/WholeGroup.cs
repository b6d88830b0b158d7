using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>
/// The change of layout of a group of as many problems as there are lanes, chosen once for a size: with tiny problems, asking each time what to call costs a twentieth of the whole.
/// <see cref="LaneLayout"/> does the same for any group.
/// </summary>
internal readonly unsafe struct WholeGroup<T>
    where T : unmanaged
{
    private readonly delegate*<T*, T*, nint, void> _gather;
    private readonly delegate*<T*, nint, T*, nint, nint, void> _scatter;
    private readonly nint _d, _n, _stride;

    private readonly bool _isWide;

    private WholeGroup(in ProblemShape shape, delegate*<T*, T*, nint, void> gather, delegate*<T*, nint, T*, nint, nint, void> scatter)
    {
        (_d, _n, _stride, _isWide) = (shape.D, shape.N, shape.StrideD, shape.Lanes * sizeof(T) == 64);
        _gather = gather;
        _scatter = scatter;
    }

    /// <summary>Whether there is one for the size on this machine.</summary>
    public bool Exists => _gather != null;

    public static WholeGroup<T> Of(in ProblemShape shape)
    {
        var bytes = shape.Lanes * sizeof(T);
        if (shape.N is not (4 or 8)) return default;
        if (typeof(T) == typeof(float))
            return bytes == 64 && VectorWidths.Has512 ? Singles(shape, &SingleLanes.Gather, &SingleLanes.Scatter)
                : bytes == 32 && Avx.IsSupported ? Singles(shape, &SingleBlocks.Gather, &SingleBlocks.Scatter)
                : default;
        if (typeof(T) == typeof(double))
            return bytes == 64 && VectorWidths.Has512 ? Doubles(shape, &DoubleLanes.Gather, &DoubleLanes.Scatter)
                : bytes == 32 && Avx.IsSupported ? Doubles(shape, &DoubleBlocks.Gather, &DoubleBlocks.Scatter)
                : default;
        return default;
    }

    /// <summary>States, d×n each.</summary>
    public void Gather(T* problems, T* target) => _gather(problems, target, _d * _n);

    /// <summary>Gradients, one token a row of the source, as d×n each.</summary>
    public void Scatter(T* source, T* problems) => _scatter(source, _stride, problems, _d, _n);

    /// <summary>One number of each problem.</summary>
    public void Copy(T* source, T* target)
    {
        if (_isWide) *(Vector512<T>*)target = *(Vector512<T>*)source;
        else *(Vector256<T>*)target = *(Vector256<T>*)source;
    }

    private static WholeGroup<T> Singles(in ProblemShape shape, delegate*<float*, float*, nint, void> gather, delegate*<float*, nint, float*, nint, nint, void> scatter) =>
        new(shape, (delegate*<T*, T*, nint, void>)gather, (delegate*<T*, nint, T*, nint, nint, void>)scatter);

    private static WholeGroup<T> Doubles(in ProblemShape shape, delegate*<double*, double*, nint, void> gather, delegate*<double*, nint, double*, nint, nint, void> scatter) =>
        new(shape, (delegate*<T*, T*, nint, void>)gather, (delegate*<T*, nint, T*, nint, nint, void>)scatter);
}
