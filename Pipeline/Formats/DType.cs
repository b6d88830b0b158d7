namespace Unmask.Pipeline.Formats;

/// <summary>How one number of a tensor is stored. Little endian throughout.</summary>
public sealed record DType
{
    private DType(string label, int width, Option<string> numpy, Option<Precision> precision, bool isReadable) =>
        (Label, Width, Numpy, Precision, IsReadable) = (label, width, numpy, precision, isReadable);

    public static DType F64 { get; } = new("F64", 8, "<f8", Pipeline.Precision.Float64, true);

    public static DType F32 { get; } = new("F32", 4, "<f4", Pipeline.Precision.Float32, true);

    public static DType F16 { get; } = new("F16", 2, "<f2", Pipeline.Precision.Float16, true);

    public static DType BF16 { get; } = new("BF16", 2, None, Pipeline.Precision.BFloat16, true);

    public static DType I64 { get; } = new("I64", 8, "<i8", None, true);

    public static DType I32 { get; } = new("I32", 4, "<i4", None, true);

    public static DType U8 { get; } = new("U8", 1, "|u1", None, true);

    /// <summary>A byte, 0 or 1: what masks are kept in.</summary>
    public static DType Bool { get; } = new("BOOL", 1, "|b1", None, true);

    /// <summary>The name in a safetensors header: F32, BF16, …</summary>
    public string Label { get; }

    /// <summary>Bytes per number.</summary>
    public int Width { get; }

    /// <summary>The descriptor in an .npy header, where NumPy has the type.</summary>
    public Option<string> Numpy { get; }

    /// <summary>The rounding it brings; integers are exact.</summary>
    public Option<Precision> Precision { get; }

    /// <summary>Whether values of this type can be read here; the others are known by width only.</summary>
    public bool IsReadable { get; }

    internal static Option<DType> OfSafetensors(string label) => All.Find(type => type.Label == label);

    internal static Option<DType> OfNumpy(string descriptor) => All.Find(type => type.Numpy == descriptor);

    public override string ToString() => Label;

    // Checkpoints carry masks and counters of other types; they must not keep the rest of the file from being read.
    private static Seq<DType> All { get; } = Seq(F64, F32, F16, BF16, I64, I32, U8, Bool).Append(
        toSeq(new[] { ("U64", 8), ("U32", 4), ("I16", 2), ("U16", 2), ("I8", 1), ("F8_E4M3", 1), ("F8_E5M2", 1), ("C64", 8) })
            .Map(other => new DType(other.Item1, other.Item2, None, None, false))).Strict();
}
