namespace Unmask.Generators.Maths;

/// <summary>A symbolic extent: 1, the width d of a state, or the number n of tokens.</summary>
public enum Extent
{
    One,
    D,
    N,
}

/// <summary>Rows × columns, in symbols: the calculus never sees a number.</summary>
public readonly record struct Shape(Extent Rows, Extent Columns)
{
    public static Shape Scalar => new(Extent.One, Extent.One);

    /// <summary>One number per query: n×1.</summary>
    public static Shape PerRow => new(Extent.N, Extent.One);

    /// <summary>States, d×n: one token a column.</summary>
    public static Shape States => new(Extent.D, Extent.N);

    /// <summary>Weights, d×d.</summary>
    public static Shape Weights => new(Extent.D, Extent.D);

    /// <summary>A map, n×n: queries down, keys across.</summary>
    public static Shape Map => new(Extent.N, Extent.N);

    public Shape Flipped => new(Columns, Rows);

    public override string ToString() => $"{Name(Rows)}×{Name(Columns)}";

    private static string Name(Extent extent) => extent switch { Extent.One => "1", Extent.D => "d", _ => "n" };
}
