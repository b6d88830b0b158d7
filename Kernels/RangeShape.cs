namespace Unmask.Kernels;

/// <summary>A product of parts of matrices, with sizes known only at run time.</summary>
public readonly struct RangeShape<TSide>(nint rows, nint depth, nint columns, nint leftStride, nint rightStride, nint targetStride, bool accumulates) : IProductShape
    where TSide : struct, ISide
{
    public nint Rows { get; } = rows;

    public nint Depth { get; } = depth;

    public nint Columns { get; } = columns;

    public nint LeftStride { get; } = leftStride;

    public nint RightStride { get; } = rightStride;

    public nint TargetStride { get; } = targetStride;

    public bool LeftTransposed => TSide.IsTransposed;

    public bool RightIsShared => TSide.RightIsShared;

    public bool Accumulates { get; } = accumulates;

    public bool IsFar => false;

    public nint Ahead(nint row) => 0;

    public bool LeftIsPacked => false;

    public bool IsResidual => false;

    public bool Awaits => false;

    public Residual Residual => default;
}
