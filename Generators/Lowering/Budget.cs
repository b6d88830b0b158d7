using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Lowering;

/// <summary>
/// What one method may contain before the runtime's compiler gives up optimising it. Its own limits are 60,000 bytes of IL and 8,000 references
/// to locals; these keep a distance from them.
/// </summary>
public static class Budget
{
    public const int MaxIlBytes = 20_000;

    public const int MaxLocals = 400;

    public const int MaxLocalReferences = 4_000;

    // Beyond this many locals of a method, naming one takes four bytes instead of two.
    private const int ShortLocals = 256;

    /// <summary>IL of one product method at the most: its tiles, as far as their loops are written out.</summary>
    public static int EstimatedIlBytes(ProductGeometry geometry, int accumulators)
    {
        var tiles = new List<(int Sums, int Operands)>();
        foreach (var columns in geometry.ColumnTiles)
            foreach (var rows in geometry.RowTiles(columns.Size, accumulators))
                tiles.Add((rows.Size * columns.Size, rows.Size + columns.Size));
        var steps = geometry.StepsWritten + (geometry.HasRemainder ? 1 : 0);
        var local = tiles.Sum(t => LocalsOfTile + t.Sums + steps * t.Operands) > ShortLocals ? 4 : 2;
        return tiles.Sum(t => Frame + t.Sums * (Start(local) + End(local)) + steps * (t.Operands * Operand(local) + t.Sums * MultiplyAdd(local)));
    }

    // Pointers and counters of a tile, and its loops with their conditions.
    private const int LocalsOfTile = 6;
    private const int Frame = 160;

    // sum = add ? *(c + offset) : 0, then *(c + offset) = sum: names, a five-byte offset, addition, and five bytes for a typed access or a call.
    private static int Start(int local) => 26 + 3 * local;

    private static int End(int local) => 11 + 2 * local;

    // operand = Create(a[offset]).
    private static int Operand(int local) => 12 + 2 * local;

    // sum = FusedMultiplyAdd(a, b, sum).
    private static int MultiplyAdd(int local) => 5 + 4 * local;
}
