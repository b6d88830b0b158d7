namespace Unmask.Kernels;

/// <summary>A strip of a product whose factors are copies in the order in which tiles read them: the left one a column of a tile at a time, the right one 64 bytes.</summary>
internal readonly struct PackedShape<T, THeight>(nint rows, nint depth, nint targetStride, bool accumulates) : IProductShape
    where T : unmanaged
    where THeight : struct, ITileHeight
{
    public nint Rows { get; } = rows;

    public nint Depth { get; } = depth;

    public unsafe nint Columns => PackedFactors.StripBytes / sizeof(T);

    public nint LeftStride => THeight.Rows;

    public nint RightStride => Columns;

    public nint TargetStride { get; } = targetStride;

    public bool LeftTransposed => true;

    public bool RightIsShared => false;

    public bool Accumulates { get; } = accumulates;

    public bool IsFar => false;

    public nint Ahead(nint row) => 0;

    public bool LeftIsPacked => true;

    public bool IsResidual => false;

    public bool Awaits => false;

    public Residual Residual => default;
}

/// <summary>Rows of a tile.</summary>
internal interface ITileHeight
{
    static abstract nint Rows { get; }
}

/// <summary>Six: the rows that a product begins with, by twelve.</summary>
internal readonly struct SixRows : ITileHeight
{
    public static nint Rows => 6;
}

/// <summary>Four: those that are left.</summary>
internal readonly struct FourRows : ITileHeight
{
    public static nint Rows => 4;
}
