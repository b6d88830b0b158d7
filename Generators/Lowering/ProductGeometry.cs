using System.Collections.Generic;

namespace Unmask.Generators.Lowering;

/// <summary>A stretch of rows or vectors walked in equal tiles.</summary>
public sealed record Stretch(string From, string To, int Size);

/// <summary>
/// Sizes and strides of one product, as text: literals for a specialised size, names of fields for the any-size kernel.
/// Rows are padded to four and columns to whole vectors, with zeros, so no tile has an edge.
/// </summary>
public sealed record ProductGeometry(
    ProductKind Kind, string Rows, string Depth, int? DepthValue, string LeftStride, string Stride, int Unroll, bool WritesShortLoops, IReadOnlyList<Stretch> ColumnTiles)
{
    /// <summary>Rows of a tile are a multiple of this, and buffers are padded to it.</summary>
    public const int RowPadding = 4;

    /// <summary>Rows in tiles of eight where that many sums fit the registers, so that one column of vectors keeps the units busy; else of four.</summary>
    public IReadOnlyList<Stretch> RowTiles(int vectors, int accumulators)
    {
        if (!int.TryParse(Rows, out var rows) || vectors * 2 * RowPadding > accumulators) return [new Stretch("0", Rows, RowPadding)];
        var eights = rows / (2 * RowPadding) * 2 * RowPadding;
        var tiles = new List<Stretch>();
        if (eights > 0) tiles.Add(new Stretch("0", eights.ToString(), 2 * RowPadding));
        if (rows > eights) tiles.Add(new Stretch(eights.ToString(), rows.ToString(), RowPadding));
        return tiles;
    }

    /// <summary>Steps of the inner loop written one after another; a short loop is written out whole.</summary>
    public int StepsWritten => DepthValue is { } depth ? (WritesShortLoops && depth <= ShortDepth ? depth : System.Math.Min(Unroll, depth)) : Unroll;

    public bool IsWhole => DepthValue == StepsWritten;

    public bool HasRemainder => DepthValue is { } depth ? depth % StepsWritten != 0 : StepsWritten > 1;

    private const int ShortDepth = 8;

    public bool LeftTransposed => Kind is ProductKind.WeightsTransposedStates or ProductKind.StatesTransposedStates;
}
