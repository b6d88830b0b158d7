using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
            Rows(part, left, right, target, default, IsFar(part));
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
        var residual = _residual.Total is null ? _residual : new Residual(_residual.ToObserved, _totals.At(piece));
        Rows(part, left, _right, target, residual, IsFar(_part));
    }

    // Piece by piece of the depth; it is the last that is compared.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(ProductPart part, T* left, T* right, T* target, Residual residual, bool isFar)
    {
        var rowsAtOnce = SecondCache.IsSmall ? BytesOfRows / sizeof(T) : part.Rows;
        for (nint done = 0; done < part.Depth; done += DepthAtOnce)
        {
            var piece = part with { Depth = nint.Min(DepthAtOnce, part.Depth - done), Accumulates = part.Accumulates || done > 0 };
            var compared = done + DepthAtOnce >= part.Depth ? residual : default;
            T* strip = right + done * part.RightStride;
            for (nint row = 0; row < part.Rows; row += rowsAtOnce)
            {
                var some = piece with { Rows = nint.Min(rowsAtOnce, part.Rows - row) };
                T* first = left + done * part.LeftStep + row * part.LeftRowStep, to = target + row * part.TargetStride;
                if (isFar) Strips(some, first, strip, to, compared);
                else ObservedProduct<TPanels, T>.Multiply(some, first, strip, to, compared);
            }
        }
    }

    // While a strip of the right factor is multiplied by all rows, its tiles ask for the next one, whose rows lie pages apart. After the last one it is where the next piece of the
    // depth begins, or memory that nobody reads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strips(ProductPart part, T* left, T* right, T* target, Residual residual)
    {
        nint width = TPanels.StripBytes / sizeof(T);
        for (nint column = 0; column < part.Columns; column += width)
        {
            var strip = part with { Columns = nint.Min(width, part.Columns - column) };
            var toNext = column + width < part.Columns ? width : part.Depth * part.RightStride - column;
            ObservedProduct<TPanels, T>.Multiply(new FarShape(strip, toNext), left, right + column, target + column, residual);
        }
    }

    private static bool IsFar(ProductPart part) => part.Entries * sizeof(T) >= Far;
}
