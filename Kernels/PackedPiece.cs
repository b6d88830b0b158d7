using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>Columns and depth of a product of which the right factor is copied at once.</summary>
internal unsafe struct PackedPiece<TPanels, T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    // Strips that are copied together, so that every row is read by as many lines.
    private const nint StripsAtOnce = 8;

    /// <summary>What is multiplied, all rows of it.</summary>
    public ProductPart Part;
    public T* Left;
    public T* Right;
    public T* Target;

    /// <summary>Where the copy of the right factor is.</summary>
    public T* Copied;

    /// <summary>What is observed; nothing before the depth is done.</summary>
    public Residual Residual;

    /// <summary>Where a block adds up what is left of it: the first, at this number.</summary>
    public OrderedTotals<T>? Totals;
    public int FirstTotal;

    /// <summary>How many groups of strips there are to copy.</summary>
    public readonly int Groups => (int)((Strips + StripsAtOnce - 1) / StripsAtOnce);

    private static nint RowsAtOnce => PackedProduct<TPanels, T>.RowsAtOnce;

    private static nint Strip => PackedFactors.StripBytes / sizeof(T);

    private readonly nint Strips => (Part.Columns + Strip - 1) / Strip;

    /// <summary>Copies strips of the right factor.</summary>
    public readonly void CopyRight(int group)
    {
        var first = group * StripsAtOnce;
        PackedFactors.Right(Right + first * Strip, Part.RightStride, Part.Depth, nint.Min(StripsAtOnce, Strips - first), Copied + first * Strip * Part.Depth);
    }

    /// <summary>Copies rows of the left factor, and multiplies them by all strips.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Multiply(int block)
    {
        var first = block * RowsAtOnce;
        var part = Part with { Rows = nint.Min(RowsAtOnce, Part.Rows - first) };
        T* left = PackedMemory<T>.Of(Part.Depth * RowsAtOnce).At(0), target = Target + first * part.TargetStride;
        PackedFactors.Left(part, Left + first * part.LeftRowStep, left);
        nint rows = (part.Rows + 3) & -4, tall = PackedFactors.Tall(rows);
        var residual = Residual.Total is null ? Residual : new Residual(Residual.ToObserved, Totals!.At(FirstTotal + block));
        for (nint strip = 0; strip < Strips; strip++)
        {
            T* right = Copied + strip * Strip * part.Depth, to = target + strip * Strip;
            if (tall > 0) ObservedProduct<TPanels, T>.Multiply(new PackedShape<T, SixRows>(tall, part.Depth, part.TargetStride, part.Accumulates), left, right, to, residual);
            if (tall < rows)
                ObservedProduct<TPanels, T>.Multiply(new PackedShape<T, FourRows>(rows - tall, part.Depth, part.TargetStride, part.Accumulates), left + tall * part.Depth, right, to + tall * part.TargetStride, residual);
        }
    }
}
