using System;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// What a register tile asks memory for ahead, in a product whose matrices lie far or that is compared with what lies far: the lines that the next tiles will need. Where a row of a
/// tile is several lines, one in turn each round of the inner loop: more at once than the first cache waits for would hold the tile up.
/// </summary>
internal sealed class Requests(CodeWriter code, Dialect dialect, int rows, int vectors)
{
    private const int LineBytes = 64;

    // Tiles of one line a row are over before memory answers: what is observed is asked for this many before it is needed.
    private const int TilesAhead = 3;

    private readonly int _unroll = dialect.Unroll(rows, vectors, TileKind.Single);
    private readonly int _rowBytes = vectors * dialect.Bits / 8;

    private bool InTurns => _rowBytes > LineBytes;

    /// <summary>Before the inner loop: what is asked for at once, and where the rest begins.</summary>
    /// <param name="left">Where the rows of the left factor begin.</param>
    /// <param name="rowStep">Numbers from row to row of it.</param>
    public void Begin(string left, string rowStep)
    {
        if (dialect.TakesPacked) When("shape.LeftIsPacked", () => AllRows("c", rows));
        if (!InTurns)
            When("shape.Awaits", () =>
            {
                code.Line($"{dialect.Scalar}* d = c + shape.Residual.ToObserved;");
                AllRows("d", TilesAhead * rows);
            });

        code.Line($"{dialect.Scalar}* n = {left} + {rows} * {rowStep};");
        code.Line($"byte* t = (byte*)(c + {rows} * targetStride), s = (byte*)(right + shape.Ahead(i));");
        if (InTurns) code.Line($"byte* d = t + shape.Residual.ToObserved * sizeof({dialect.Scalar});");
        code.Line($"nint bytes = shape.IsFar{(InTurns ? " || shape.Awaits" : "")} ? {_unroll * _rowBytes} / depth : 0;");
    }

    /// <summary>
    /// In every round of that loop. Of the left factor, entries that follow upon each other in a row or, of a transposed one, in a column share a line: one of the steps is enough for
    /// each row. Of the next strip of the right one, two rows; so many are left for a tile where a product has twice as many rows as it is deep.
    /// </summary>
    public void Go(string rowStep, string depthStep)
    {
        When("shape.IsFar", () =>
        {
            code.Line(ForRows(r => dialect.Prefetch(Tile.Sum("n", Tile.Times(r, rowStep), Tile.Times(r % _unroll, depthStep)))));
            code.Line(ForRows(r => dialect.Prefetch(Row($"({dialect.Scalar}*)t", r))));
            code.Line($"Sse.Prefetch1(s); Sse.Prefetch1(({dialect.Scalar}*)s + rightStride);");
            code.Line($"n += {_unroll} * {depthStep}; t += bytes; s += bytes;");
        });
        if (InTurns)
            When("shape.Awaits", () =>
            {
                code.Line(ForRows(r => dialect.Prefetch(Row($"({dialect.Scalar}*)d", r))));
                code.Line("d += bytes;");
            });
    }

    private void AllRows(string pointer, int from) => code.Line(ForRows(r => dialect.Prefetch(Row(pointer, from + r))));

    private static string Row(string pointer, int row) => Tile.Sum(pointer, Tile.Times(row, "targetStride"), "0");

    private void When(string condition, Action write) => code.Block($"if ({condition} && Sse.IsSupported)", write);

    private string ForRows(Func<int, string> text) => string.Join(" ", Enumerable.Range(0, rows).Select(text));
}
