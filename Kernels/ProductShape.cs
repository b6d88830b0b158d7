using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>Everything a product has to know of its matrices besides where they lie.</summary>
public interface IProductShape
{
    nint Rows { get; }

    nint Depth { get; }

    nint Columns { get; }

    nint LeftStride { get; }

    nint RightStride { get; }

    nint TargetStride { get; }

    /// <summary>Whether the left factor lies as its transpose, depth × rows.</summary>
    bool LeftTransposed { get; }

    /// <summary>Whether the right factor is one for all problems that lie side by side, its entries numbers and not vectors of them.</summary>
    bool RightIsShared { get; }

    /// <summary>Whether the product is added to what the target holds.</summary>
    bool Accumulates { get; }

    /// <summary>Whether the matrices may not stay in the second cache: a tile then asks for what the next one will need.</summary>
    bool IsFar { get; }

    /// <summary>Of a far product, numbers from a strip of the right factor to what the tile that begins at a row asks for of the strip after it.</summary>
    nint Ahead(nint row);

    /// <summary>Whether the left factor is a copy, tile by tile and depth × rows in each, so that a tile reads it from one end to the other.</summary>
    bool LeftIsPacked { get; }

    /// <summary>Whether an observation is taken from the product.</summary>
    bool IsResidual { get; }

    /// <summary>Whether a tile asks ahead for what is observed, as that may lie far and will be needed soon.</summary>
    bool Awaits { get; }

    /// <summary>Where that is; nothing where nothing is asked of it.</summary>
    Residual Residual { get; }
}

/// <summary>What a second product into the same target has to know besides: its left factor lies as its transpose, depth × rows.</summary>
public interface IPairShape : IProductShape
{
    /// <summary>Numbers from one row of that factor to the next.</summary>
    nint TurnedStride { get; }
}

/// <summary>A product of two matrices of a problem, named by its extents.</summary>
public readonly struct ProductShape<TSize, TRows, TDepth, TColumns, TSide, TStart>(TSize size) : IPairShape
    where TSize : struct, IProblemSize
    where TRows : struct, IExtent
    where TDepth : struct, IExtent
    where TColumns : struct, IExtent
    where TSide : struct, ISide
    where TStart : struct, IStart
{
    public nint Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRows.Of(size);
    }

    public nint Depth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TDepth.Of(size);
    }

    public nint Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TColumns.Of(size);
    }

    public nint LeftStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSide.IsTransposed ? TRows.Stride(size) : TDepth.Stride(size);
    }

    public nint TurnedStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRows.Stride(size);
    }

    public nint RightStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TColumns.Stride(size);
    }

    public nint TargetStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TColumns.Stride(size);
    }

    public bool LeftTransposed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSide.IsTransposed;
    }

    public bool RightIsShared
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSide.RightIsShared;
    }

    public bool Accumulates
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TStart.IsAdded;
    }

    public bool IsFar => false;

    public nint Ahead(nint row) => 0;

    public bool LeftIsPacked => false;

    public bool IsResidual => false;

    public bool Awaits => false;

    public Residual Residual => default;
}

/// <summary>How the left factor lies, and whose the right one is.</summary>
public interface ISide
{
    static abstract bool IsTransposed { get; }

    /// <summary>Whether the right factor is known of the problem, weights, and the same for all that are computed side by side.</summary>
    static abstract bool RightIsShared { get; }
}

/// <summary>The left factor lies as it is multiplied, rows × depth.</summary>
public readonly struct Straight : ISide
{
    public static bool IsTransposed => false;

    public static bool RightIsShared => false;
}

/// <summary>The left factor lies as its transpose, depth × rows.</summary>
public readonly struct Transposed : ISide
{
    public static bool IsTransposed => true;

    public static bool RightIsShared => false;
}

/// <summary>The left factor lies as it is multiplied, and the right one is weights.</summary>
public readonly struct StraightByWeights : ISide
{
    public static bool IsTransposed => false;

    public static bool RightIsShared => true;
}

/// <summary>The left factor lies as its transpose, and the right one is weights.</summary>
public readonly struct TransposedByWeights : ISide
{
    public static bool IsTransposed => true;

    public static bool RightIsShared => true;
}

/// <summary>What becomes of the target's old content.</summary>
public interface IStart
{
    static abstract bool IsAdded { get; }
}

/// <summary>The product replaces it.</summary>
public readonly struct Set : IStart
{
    public static bool IsAdded => false;
}

/// <summary>The product is added to it.</summary>
public readonly struct Add : IStart
{
    public static bool IsAdded => true;
}
