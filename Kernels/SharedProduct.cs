using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>Cuts one large product into parts and hands them to the crew.</summary>
internal sealed unsafe class SharedProduct<TPanels, T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    // A strip of the right factor of so many rows, four 512-bit vectors wide, takes 32 KB: it stays in the first cache while all rows of the
    // left factor go by. Twice as many rows would come from the second cache again for every tile.
    private const int DepthAtOnce = 128;

    // Bytes of all three matrices from which on they come from beyond the second cache.
    private const double Far = 6 << 20;

    // Below so many multiply-adds the hand-over costs more than it saves.
    private const double WorthSharing = 4e6;
    private const int RowTile = 8;

    private readonly SharedWork _shares;
    private ProductPart _part;
    private T* _left;
    private T* _right;
    private T* _target;
    private nint _rowsEach;

    public SharedProduct(int threads) => _shares = new SharedWork(Work, threads);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ProductPart part, T* left, T* right, T* target)
    {
        if (_shares.Threads == 1 || part.MultiplyAdds < WorthSharing)
        {
            Rows(part, left, right, target);
            return;
        }

        _part = part;
        _left = left;
        _right = right;
        _target = target;
        _rowsEach = ((part.Rows + _shares.Threads - 1) / _shares.Threads + RowTile - 1) / RowTile * RowTile;
        _shares.Run(_shares.Threads);
    }

    private void Work(int piece)
    {
        var first = piece * _rowsEach;
        var rows = nint.Min(_rowsEach, _part.Rows - first);
        if (rows <= 0) return;
        Rows(_part with { Rows = rows }, _left + first * (_part.LeftTransposed ? 1 : _part.LeftStride), _right, _target + first * _part.TargetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(ProductPart part, T* left, T* right, T* target)
    {
        var isFar = part.Entries * sizeof(T) >= Far;
        for (nint done = 0; done < part.Depth; done += DepthAtOnce)
        {
            var piece = part with { Depth = nint.Min(DepthAtOnce, part.Depth - done), Accumulates = part.Accumulates || done > 0 };
            T* first = left + done * (part.LeftTransposed ? part.LeftStride : 1), strip = right + done * part.RightStride;
            if (isFar) default(TPanels).Multiply(new FarShape(piece), first, strip, target);
            else default(TPanels).Multiply(piece, first, strip, target);
        }
    }
}
