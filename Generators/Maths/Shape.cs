namespace Unmask.Generators.Maths;

/// <summary>A symbolic extent: 1, the width d of a state, the number n of tokens, or the width h of a head.</summary>
public enum Extent
{
    One,
    D,
    N,
    H,
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

    /// <summary>Weights of one head, d×h.</summary>
    public static Shape HeadWeights => new(Extent.D, Extent.H);

    /// <summary>Queries or keys of one head, h×n: one token a column.</summary>
    public static Shape HeadStates => new(Extent.H, Extent.N);

    /// <summary>One number per feature of a head: h×1.</summary>
    public static Shape HeadColumn => new(Extent.H, Extent.One);

    public Shape Flipped => new(Columns, Rows);

    public override string ToString() => $"{Name(Rows)}×{Name(Columns)}";

    private static string Name(Extent extent) => extent switch { Extent.One => "1", Extent.D => "d", Extent.H => "h", _ => "n" };
}
