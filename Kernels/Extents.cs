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
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.D;

    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideD;
}

/// <summary>n, the number of tokens.</summary>
public readonly struct Tokens : IExtent
{
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.N;

    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideN;
}

/// <summary>h, the width of a thin head.</summary>
public readonly struct HeadFeatures : IExtent
{
    public static nint Of<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.H;

    public static nint Stride<TSize>(TSize size)
        where TSize : struct, IProblemSize => size.StrideH;
}
