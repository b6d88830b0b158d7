using System.Collections.Generic;

namespace Unmask.Generators.Lowering;

/// <summary>How matrices lie in memory: rows padded with zeros to whole vectors of the widest kind (or to a power of two below that).</summary>
public static class Layout
{
    private const int WidestBytes = 64;

    /// <summary>Elements from one row to the next of a matrix with this many columns.</summary>
    public static int Stride(int columns, int bytes)
    {
        var widest = WidestBytes / bytes;
        if (columns > widest) return RoundUp(columns, widest);
        var stride = 4;
        while (stride < columns) stride *= 2;
        return stride;
    }

    /// <summary>The widest vector, in bits, that a row of n columns fills; scalar stays scalar.</summary>
    public static int UsefulBits(int bits, int columns, int bytes)
    {
        var rowBits = Stride(columns, bytes) * bytes * 8;
        return bits < rowBits ? bits : rowBits;
    }

    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>The geometry of a product at a literal size.</summary>
    public static ProductGeometry Fixed(ProductKind kind, int d, int n, int bytes, int lanes, int tileVectors, int unroll, bool writesShortLoops)
    {
        var rows = RoundUp(kind == ProductKind.StatesTransposedStates ? n : d, ProductGeometry.RowPadding);
        var depth = kind == ProductKind.StatesMap ? n : d;
        var leftColumns = kind is ProductKind.WeightsStates or ProductKind.WeightsTransposedStates ? d : n;
        var columns = RoundUp(n, lanes);
        var whole = columns / (lanes * tileVectors) * (lanes * tileVectors);
        var columnTiles = new List<Stretch>();
        if (whole > 0) columnTiles.Add(new Stretch("0", whole.ToString(), tileVectors));
        if (columns > whole) columnTiles.Add(new Stretch(whole.ToString(), columns.ToString(), (columns - whole) / lanes));
        return new ProductGeometry(kind, rows.ToString(), depth.ToString(), depth,
            Stride(leftColumns, bytes).ToString(), Stride(n, bytes).ToString(), unroll, writesShortLoops, columnTiles);
    }

    /// <summary>The geometry of a product at a size known only at run time; the fields are those of the emitted struct.</summary>
    public static ProductGeometry Any(ProductKind kind, int lanes, int tileVectors)
    {
        var rows = kind == ProductKind.StatesTransposedStates ? "rowsN" : "rowsD";
        var depth = kind == ProductKind.StatesMap ? "n" : "d";
        var leftStride = kind is ProductKind.WeightsStates or ProductKind.WeightsTransposedStates ? "strideD" : "strideN";
        var wide = lanes * tileVectors;
        return new ProductGeometry(kind, rows, depth, null, leftStride, "strideN", lanes == 1 ? 1 : 2, false,
            [new Stretch("0", $"columns / {wide} * {wide}", tileVectors), new Stretch($"columns / {wide} * {wide}", "columns", 1)]);
    }
}
