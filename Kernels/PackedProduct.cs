using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>
/// Products that no second cache holds, by vectors of 256 bits and of copied factors: strips of the right one are copied for so many columns and so much depth, then rows of the left one, and
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

    // Copying pays where the three matrices take so many bytes, and every entry of the left factor meets so many columns.
    private const double LeastBytes = 2 << 20;
    private const nint LeastColumns = 192;

    private readonly SharedWork _copying;
    private readonly SharedWork _multiplying;
    private PackedPiece<TPanels, T> _piece;

    public PackedProduct(int threads)
    {
        _copying = new SharedWork(piece => _piece.CopyRight(piece), threads);
        _multiplying = new SharedWork(piece => _piece.Multiply(piece), threads);
    }

    /// <summary>Rows of the left factor that are copied at once.</summary>
    public static nint RowsAtOnce => BlockBytes / sizeof(T);

    /// <summary>Whether a product is of that kind.</summary>
    public static bool Serves(ProductPart part) => TPanels.TakesPacked && part.Columns >= LeastColumns && part.Entries * sizeof(T) >= LeastBytes;

    /// <summary>Pieces that have a total of their own.</summary>
    public static int Totals(ProductPart part) => (int)(Count(part.Rows, RowsAtOnce) * Count(part.Columns, ColumnsAtOnce));

    /// <param name="alone">Whether the caller does all of it; nothing of this object is then used but the totals.</param>
    public void Run(ProductPart part, T* left, T* right, T* target, Residual residual, OrderedTotals<T>? totals, bool alone)
    {
        var depth = (Count(part.Depth, Count(part.Depth, DepthAtOnce)) + 3) & -4;
        var memory = PackedMemory<T>.Of(depth * (RowsAtOnce + ColumnsAtOnce));
        var blocks = (int)Count(part.Rows, RowsAtOnce);
        for (nint column = 0, first = 0; column < part.Columns; column += ColumnsAtOnce, first += blocks)
        {
            for (nint done = 0; done < part.Depth; done += depth)
            {
                var piece = new PackedPiece<TPanels, T>
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
                    Copied = memory.At((int)(depth * RowsAtOnce)),
                    Residual = done + depth >= part.Depth ? residual : default,
                    Totals = totals,
                    FirstTotal = (int)first,
                };
                if (alone)
                {
                    for (var group = 0; group < piece.Groups; group++) piece.CopyRight(group);
                    for (var block = 0; block < blocks; block++) piece.Multiply(block);
                }
                else
                {
                    _piece = piece;
                    _copying.Run(piece.Groups);
                    _multiplying.Run(blocks);
                }
            }
        }
    }

    private static nint Count(nint all, nint atOnce) => (all + atOnce - 1) / atOnce;
}
