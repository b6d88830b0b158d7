using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>One of the extents of a problem, as a type: products are generic over theirs.</summary>
public interface IExtent
{
    static abstract nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize;

    /// <summary>Numbers from row to row of a matrix with so many columns.</summary>
    static abstract nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize;
}

/// <summary>d, the width of a state.</summary>
public readonly struct Features : IExtent
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.D;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideD;
}

/// <summary>n, the number of tokens.</summary>
public readonly struct Tokens : IExtent
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.N;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideN;
}

/// <summary>h, the width of a thin head.</summary>
public readonly struct HeadFeatures : IExtent
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.H;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideH;
}
