using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>
/// Products that a small second cache does not hold, of copied factors: strips of the right one are copied for so many columns and so much depth, then rows of the left one, and
/// tiles read both from one end to the other. A row of a factor is a page or more from the next, and reading down its columns would miss the addresses of pages as well.
/// </summary>
internal sealed unsafe class PackedProduct<TPanels, T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    // A strip then takes 8 KB in float and 16 in double, half of the first cache.
    private const nint DepthAtOnce = 256;
    private const nint ColumnsAtOnce = 1024;

    // Of a column of the rows that are copied at once: with that depth 96 KB, which stay in the second cache while all strips go by.
    private const int BlockBytes = 384;

    // Strips that are copied together, so that every row is read by as many lines.
    private const nint StripsAtOnce = 8;

    // Copying pays where the three matrices take so many bytes, and every entry of the left factor meets so many columns.
    private const double LeastBytes = 2 << 20;
    private const nint LeastColumns = 192;

    [ThreadStatic]
    private static Workspace<T>? copies;

    private readonly SharedWork _copying;
    private readonly SharedWork _multiplying;
    private Piece _piece;

    public PackedProduct(int threads)
    {
        _copying = new SharedWork(piece => _piece.CopyRight(piece), threads);
        _multiplying = new SharedWork(piece => _piece.Multiply(piece), threads);
    }

    private static nint Rows => BlockBytes / sizeof(T);

    private static nint Strip => PackedFactors.StripBytes / sizeof(T);

    /// <summary>Whether a product is of that kind on this machine.</summary>
    public static bool Serves(ProductPart part) => TPanels.TakesPacked && SecondCache.IsSmall && part.Columns >= LeastColumns && part.Entries * sizeof(T) >= LeastBytes;

    /// <summary>Pieces that have a total of their own.</summary>
    public static int Totals(ProductPart part) => (int)(Count(part.Rows, Rows) * Count(part.Columns, ColumnsAtOnce));

    /// <param name="alone">Whether the caller does all of it; nothing of this object is then used but the totals.</param>
    public void Run(ProductPart part, T* left, T* right, T* target, Residual residual, OrderedTotals<T>? totals, bool alone)
    {
        var depth = (Count(part.Depth, Count(part.Depth, DepthAtOnce)) + 3) & -4;
        var memory = Memory(depth * (Rows + ColumnsAtOnce));
        var blocks = (int)Count(part.Rows, Rows);
        for (nint column = 0, first = 0; column < part.Columns; column += ColumnsAtOnce, first += blocks)
        {
            for (nint done = 0; done < part.Depth; done += depth)
            {
                var piece = new Piece
                {
                    Part = part with
                    {
                        Depth = nint.Min(depth, part.Depth - done),
                        Columns = nint.Min(ColumnsAtOnce, part.Columns - column),
                        Accumulates = part.Accumulates || done > 0,
                    },
                    Left = left + done * part.LeftStep,
                    Right = right + done * part.RightStride + column,
                    Target = target + column,
                    Copied = memory.At((int)(depth * Rows)),
                    Residual = done + depth >= part.Depth ? residual : default,
                    Totals = totals,
                    FirstTotal = (int)first,
                };
                var copies = (int)Count(piece.Strips, StripsAtOnce);
                if (alone)
                {
                    for (var group = 0; group < copies; group++) piece.CopyRight(group);
                    for (var block = 0; block < blocks; block++) piece.Multiply(block);
                }
                else
                {
                    _piece = piece;
                    _copying.Run(copies);
                    _multiplying.Run(blocks);
                }
            }
        }
    }

    private static nint Count(nint all, nint atOnce) => (all + atOnce - 1) / atOnce;

    private static Workspace<T> Memory(nint entries) => copies is { } known && known.Length >= entries ? known : copies = new Workspace<T>((int)entries);

    /// <summary>Columns and depth of which the right factor is copied at once.</summary>
    private struct Piece
    {
        public ProductPart Part;
        public T* Left;
        public T* Right;
        public T* Target;
        public T* Copied;
        public Residual Residual;
        public OrderedTotals<T>? Totals;
        public int FirstTotal;

        public readonly nint Strips => Count(Part.Columns, Strip);

        public readonly void CopyRight(int group)
        {
            var first = group * StripsAtOnce;
            PackedFactors.Right(Right + first * Strip, Part.RightStride, Part.Depth, nint.Min(StripsAtOnce, Strips - first), Copied + first * Strip * Part.Depth);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Multiply(int block)
        {
            var first = block * Rows;
            var part = Part with { Rows = nint.Min(Rows, Part.Rows - first) };
            T* left = Memory(Part.Depth * Rows).At(0), target = Target + first * part.TargetStride;
            PackedFactors.Left(part, Left + first * (part.LeftTransposed ? 1 : part.LeftStride), left);
            nint rows = (part.Rows + 3) & -4, tall = PackedFactors.Tall(rows);
            var residual = Residual.Total is null ? Residual : new Residual(Residual.ToObserved, Totals!.At(FirstTotal + block));
            for (nint strip = 0; strip < Strips; strip++)
            {
                T* right = Copied + strip * Strip * part.Depth, to = target + strip * Strip;
                if (tall > 0) Multiply(new PackedShape<T, SixRows>(tall, part.Depth, part.TargetStride, part.Accumulates), left, right, to, residual);
                if (tall < rows)
                    Multiply(new PackedShape<T, FourRows>(rows - tall, part.Depth, part.TargetStride, part.Accumulates), left + tall * part.Depth, right, to + tall * part.TargetStride, residual);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Multiply<TShape>(TShape shape, T* left, T* right, T* target, Residual residual)
            where TShape : struct, IProductShape
        {
            if (residual.IsNothing) default(TPanels).Multiply(shape, left, right, target);
            else if (residual.Total is null) default(TPanels).Multiply(new ObservedShape<TShape, Awaited>(shape, residual), left, right, target);
            else default(TPanels).Multiply(new ObservedShape<TShape, AwaitedAndCompared>(shape, residual), left, right, target);
        }
    }
}
