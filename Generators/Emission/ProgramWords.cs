using System;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>What extents, sides and products are called in the text of a program.</summary>
internal static class ProgramWords
{
    /// <summary>A product of whole matrices.</summary>
    public static string Multiply(ProductStep p, string start, Func<string, string> at) =>
        $"Multiply<{Extents(p)}, {Side(p)}, {start}>({at(p.Left)}, {at(p.Right)}, {at(p.Target)});";

    /// <summary>Rows, depth and columns of a product, as type arguments.</summary>
    public static string Extents(ProductStep p) => $"{Extent(p.Result.Rows)}, {Extent(p.Depth)}, {Extent(p.Result.Columns)}";

    /// <summary>How the factors of a product lie, as a type argument.</summary>
    public static string Side(ProductStep p) => (p.LeftTransposed ? "Transposed" : "Straight") + (p.RightIsWeights ? "ByWeights" : "");

    /// <summary>An extent as a type argument.</summary>
    public static string Extent(Extent extent) => extent switch { Maths.Extent.D => "Features", Maths.Extent.N => "Tokens", _ => "HeadFeatures" };

    /// <summary>Room for a matrix with its padded rows and columns; of a column of numbers, for one row.</summary>
    public static string Size(Shape shape) => shape.Columns == Maths.Extent.One
        ? $"Block(1, Shape.{Stride(shape.Rows)})"
        : $"Block(Shape.{Letter(shape.Rows)}, Shape.{Stride(shape.Columns)})";

    /// <summary>An extent as a property of a size.</summary>
    public static string Letter(Extent extent) => extent switch { Maths.Extent.D => "D", Maths.Extent.N => "N", _ => "H" };

    /// <summary>A row of so many numbers with its padding, as a property of a size.</summary>
    public static string Stride(Extent extent) => "Stride" + Letter(extent);
}
