namespace Unmask.Kernels;

/// <summary>A part of a product whose matrices do not stay in the second cache. A type of its own, so that tiles for the others ask for nothing ahead.</summary>
internal readonly struct FarShape(ProductPart part, nint toNext) : IProductShape
{
    public nint Rows { get; } = part.Rows;

    public nint Depth { get; } = part.Depth;

    public nint Columns { get; } = part.Columns;

    public nint LeftStride { get; } = part.LeftStride;

    public nint RightStride { get; } = part.RightStride;

    public nint TargetStride { get; } = part.TargetStride;

    public bool LeftTransposed { get; } = part.LeftTransposed;

    public bool RightIsShared => false;

    public bool Accumulates { get; } = part.Accumulates;

    public bool IsFar => true;

    public nint Ahead(nint row) => toNext + row * Depth / Rows * RightStride;

    public bool LeftIsPacked => false;

    public bool IsResidual => false;

    public bool Awaits => false;

    public Residual Residual => default;
}
