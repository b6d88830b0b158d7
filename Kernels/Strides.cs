using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>How matrices lie in a workspace: row-major, rows padded with zeros to whole vectors, their count to whole tiles.</summary>
public static class Strides
{
    private const int WidestBytes = 64;
    private const int RowTile = 4;

    // Rows at such distances fall into the same few sets of the first cache.
    private const int AliasBytes = 512;

    /// <summary>Elements from one row to the next of a matrix with this many columns.</summary>
    public static int Of<T>(int columns)
        where T : unmanaged
    {
        var widest = WidestBytes / Unsafe.SizeOf<T>();
        if (columns > widest)
        {
            var whole = (columns + widest - 1) / widest * widest;
            return whole * Unsafe.SizeOf<T>() % AliasBytes == 0 ? whole + widest : whole;
        }

        return (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(RowTile, columns));
    }

    /// <summary>Rows that a buffer of this many rows occupies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rows(int rows) => (rows + RowTile - 1) / RowTile * RowTile;
}
