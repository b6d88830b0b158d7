namespace Unmask.Kernels;

/// <summary>The shape of a product, or of a part of one, as plain numbers.</summary>
internal readonly record struct ProductPart(
    nint Rows, nint Depth, nint Columns, nint LeftStride, nint RightStride, nint TargetStride, bool LeftTransposed, bool Accumulates) : IProductShape
{
    // Problems side by side are small, and never cut.
    public bool RightIsShared => false;

    public bool IsFar => false;

    public nint Ahead(nint row) => 0;

    public bool LeftIsPacked => false;

    public bool IsResidual => false;

    public bool Awaits => false;

    public Residual Residual => default;

    /// <summary>Numbers from one step of the depth to the next in the left factor.</summary>
    public nint LeftStep => LeftTransposed ? LeftStride : 1;

    /// <summary>Likewise from one row to the next.</summary>
    public nint LeftRowStep => LeftTransposed ? 1 : LeftStride;

    public double MultiplyAdds => (double)Rows * Depth * Columns;

    /// <summary>Numbers in all three matrices.</summary>
    public double Entries => (double)Rows * Depth + (double)Depth * Columns + (double)Rows * Columns;

    public static ProductPart Of<TShape>(TShape shape)
        where TShape : struct, IProductShape =>
        new(shape.Rows, shape.Depth, shape.Columns, shape.LeftStride, shape.RightStride, shape.TargetStride, shape.LeftTransposed, shape.Accumulates);
}
