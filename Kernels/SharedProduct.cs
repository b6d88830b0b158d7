using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>Cuts one large product into parts and hands them to the crew.</summary>
internal sealed unsafe class SharedProduct<TPanels, T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    // A strip of the right factor as wide as a tile, 32 KB of four 512-bit vectors or 8 to 16 KB of two of 256 bits, stays in the first cache while all rows of the left factor go by,
    // and beside it as many lines of a transposed left factor. Twice as deep, these would come from the second cache again for every tile, which only a processor that takes two
    // steps for 512 bits does not wait for.
    private static int DepthAtOnce => !Vector512.IsHardwareAccelerated ? 1024 / sizeof(T) : Zen4.IsHere ? 256 : 128;

    // Bytes of all three matrices from which on they come from beyond the second cache, whatever was multiplied before.
    private const double Far = 4 << 20;

    // Of a column of the left factor, where the second cache is small: 96 KB of a piece 128 deep, which stay there while all strips go by.
    private const int BytesOfRows = 768;

    // Rows of the left factor, of whole tiles, between two requests for rows of the right one.
    private const int RowsBetween = 48;
    private const int LineBytes = 64;

    // Below so many multiply-adds the hand-over costs more than it saves.
    private const double WorthSharing = 4e6;
    private const int RowTile = 8;

    // Rows that add to a total of their own.
    private const int RowsOfTotal = 256;

    private readonly SharedWork _shares;
    private readonly PackedProduct<TPanels, T> _packed;
    private readonly OrderedTotals<T> _totals = new();
    private ProductPart _part;
    private T* _left;
    private T* _right;
    private T* _target;
    private nint _rowsEach;
    private Residual _residual;

    public SharedProduct(int threads) => (_shares, _packed) = (new SharedWork(Work, threads), new PackedProduct<TPanels, T>(threads));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ProductPart part, T* left, T* right, T* target)
    {
        if (PackedProduct<TPanels, T>.Serves(part))
        {
            _packed.Run(part, left, right, target, default, null, IsAlone(part));
            return;
        }

        if (IsAlone(part))
        {
            Rows(part, left, right, target);
            return;
        }

        Take(part, left, right, target, default);
        _rowsEach = ((part.Rows + _shares.Threads - 1) / _shares.Threads + RowTile - 1) / RowTile * RowTile;
        _shares.Run(_shares.Threads);
    }

    /// <summary>The same beside something observed. Rows are cut alike for any number of threads, as a sum of squares depends on it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ProductPart part, T* left, T* right, T* target, Residual residual)
    {
        var isPacked = PackedProduct<TPanels, T>.Serves(part);
        var pieces = isPacked ? PackedProduct<TPanels, T>.Totals(part) : (int)((part.Rows + RowsOfTotal - 1) / RowsOfTotal);
        _totals.Begin(pieces);
        if (isPacked)
        {
            _packed.Run(part, left, right, target, residual, _totals, IsAlone(part));
        }
        else
        {
            Take(part, left, right, target, residual);
            _rowsEach = RowsOfTotal;
            if (!IsAlone(part)) _shares.Run(pieces);
            else for (var piece = 0; piece < pieces; piece++) Work(piece);
        }

        if (residual.Total is not null) _totals.AddTo(residual.Total);
    }

    private bool IsAlone(ProductPart part) => _shares.Threads == 1 || part.MultiplyAdds < WorthSharing;

    private void Take(ProductPart part, T* left, T* right, T* target, Residual residual)
    {
        _part = part;
        _left = left;
        _right = right;
        _target = target;
        _residual = residual;
    }

    private void Work(int piece)
    {
        var first = piece * _rowsEach;
        var rows = nint.Min(_rowsEach, _part.Rows - first);
        if (rows <= 0) return;
        var part = _part with { Rows = rows };
        T* left = _left + first * _part.LeftRowStep, target = _target + first * _part.TargetStride;
        if (_residual.IsNothing) Rows(part, left, _right, target);
        else Rows(part, left, _right, target, new Residual(_residual.ToObserved, _residual.Total is null ? null : _totals.At(piece)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(ProductPart part, T* left, T* right, T* target)
    {
        var isFar = part.Entries * sizeof(T) >= Far;
        var rowsAtOnce = SecondCache.IsSmall ? BytesOfRows / sizeof(T) : part.Rows;
        for (nint done = 0; done < part.Depth; done += DepthAtOnce)
        {
            var piece = Deep(part, done);
            T* strip = right + done * part.RightStride;
            for (nint row = 0; row < part.Rows; row += rowsAtOnce)
            {
                var some = piece with { Rows = nint.Min(rowsAtOnce, part.Rows - row) };
                T* first = left + done * part.LeftStep + row * part.LeftRowStep, to = target + row * part.TargetStride;
                if (isFar) Strips(some, first, strip, to);
                else default(TPanels).Multiply(some, first, strip, to);
            }
        }
    }

    // While a strip of the right factor is multiplied by all rows, the next one is asked for, a few of its rows at a time: they lie pages apart, and the first rows of the
    // left factor would wait for each. After the last one it is where the next piece of the depth begins, or memory that nobody reads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strips(ProductPart part, T* left, T* right, T* target)
    {
        nint width = TPanels.StripBytes / sizeof(T), depthEach = (part.Depth * RowsBetween + part.Rows - 1) / part.Rows;
        for (nint column = 0; column < part.Columns; column += width)
        {
            var strip = part with { Columns = nint.Min(width, part.Columns - column) };
            T* next = column + width < part.Columns ? right + column + width : right + part.Depth * part.RightStride;
            for (nint row = 0, asked = 0; row < part.Rows; row += RowsBetween, asked += depthEach)
            {
                Ask(next + asked * part.RightStride, nint.Min(depthEach, part.Depth - asked), part.RightStride);
                var some = strip with { Rows = nint.Min(RowsBetween, part.Rows - row) };
                default(TPanels).Multiply(new FarShape(some), left + row * part.LeftRowStep, right + column, target + row * part.TargetStride + column);
            }
        }
    }

    private static void Ask(T* strip, nint depth, nint stride)
    {
        if (!Sse.IsSupported) return;
        for (; depth > 0; depth--, strip += stride)
            for (nint at = 0; at < TPanels.StripBytes; at += LineBytes) Sse.Prefetch1((byte*)strip + at);
    }

    // It is the last piece of the depth that is compared.
    private static void Rows(ProductPart part, T* left, T* right, T* target, Residual residual)
    {
        var last = (part.Depth - 1) / DepthAtOnce * DepthAtOnce;
        if (last > 0) Rows(part with { Depth = last }, left, right, target);
        var piece = Deep(part, last);
        ObservedProduct<TPanels, T>.Multiply(piece, left + last * part.LeftStep, right + last * part.RightStride, target, residual);
    }

    // The piece of the depth that begins where others are done.
    private static ProductPart Deep(ProductPart part, nint done) =>
        part with { Depth = nint.Min(DepthAtOnce, part.Depth - done), Accumulates = part.Accumulates || done > 0 };
}
