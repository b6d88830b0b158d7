using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Unmask.Pipeline.Formats;

namespace Unmask.PropertyTests.Formats;

/// <summary>A tensor of any shape (rank 0–4, empty axes too) whose values its type can hold: subnormals, −0, infinities and NaN among them.</summary>
public sealed record StoredTensor(DType Type, long[] Shape, double[] Values)
{
    public static Arbitrary<StoredTensor> Arbitrary() => Arb.From(
        from type in Gen.Elements(DType.F64, DType.F32, DType.F16, DType.BF16, DType.I64, DType.I32, DType.U8, DType.Bool)
        from rank in Gen.Choose(0, 4)
        from shape in Gen.ArrayOf(Gen.Frequency((6, Gen.Choose(1, 4)), (1, Gen.Constant(0))), rank)
        from values in Gen.ArrayOf(ValueOf(type), shape.Aggregate(1, (count, length) => count * length))
        select new StoredTensor(type, [.. shape.Select(length => (long)length)], values));

    internal NamedTensor Named(string name) => new("", name, Type, Prelude.toSeq(Shape), () => Values);

    internal bool IsHeldBy(NamedTensor tensor) =>
        tensor.Type == Type && tensor.Shape.SequenceEqual(Shape) && tensor.Numbers().Value().Zip(Values, SameBits).All(same => same);

    public override string ToString() => $"{Type} [{string.Join(", ", Shape)}]: {string.Join(" ", Values)}";

    private static Gen<double> ValueOf(DType type) => type.Label switch
    {
        "F64" => Bits(64).Select(BitConverter.Int64BitsToDouble),
        "F32" => Bits(32).Select(bits => (double)BitConverter.Int32BitsToSingle((int)bits)),
        "F16" => Bits(16).Select(bits => (double)BitConverter.Int16BitsToHalf((short)bits)),
        "BF16" => Bits(16).Select(bits => BFloat16.ToDouble((ushort)bits)),
        "U8" => Gen.Choose(0, 255).Select(value => (double)value),
        "BOOL" => Gen.Choose(0, 1).Select(value => (double)value),
        "I64" => Bits(64).Select(bits => (double)(bits >> 11)),
        _ => Bits(32).Select(bits => (double)(int)bits),
    };

    // Every bit pattern of the type, and its zeros, ones, extremes and infinities more often than chance would.
    private static Gen<long> Bits(int width) => Gen.OneOf(
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((long)high << 32) ^ (uint)low,
        Gen.Elements(0L, 1L, 1L << (width - 1), (1L << (width - 1)) | 1, -1L));

    private static bool SameBits(double a, double b) =>
        BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || (double.IsNaN(a) && double.IsNaN(b));
}
