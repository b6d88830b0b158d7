using System.Buffers.Binary;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// Stored numbers to doubles and back, a block at a time. Widening is exact (integers up to 2⁵³); narrowing rounds to nearest, ties to even.
/// </summary>
internal static class Numbers
{
    private const int BlockBytes = 1 << 16;

    /// <summary>Reads exactly <paramref name="values"/>.Length numbers; throws <see cref="EndOfStreamException"/> if they are not there.</summary>
    public static void Read(Stream stream, DType type, Span<double> values)
    {
        var buffer = new byte[BlockBytes];
        while (!values.IsEmpty)
        {
            var count = Math.Min(values.Length, BlockBytes / type.Width);
            stream.ReadExactly(buffer, 0, count * type.Width);
            for (var i = 0; i < count; i++) values[i] = Decode(type, buffer.AsSpan(i * type.Width));
            values = values[count..];
        }
    }

    public static void Write(Stream stream, DType type, ReadOnlySpan<double> values)
    {
        var buffer = new byte[BlockBytes];
        while (!values.IsEmpty)
        {
            var count = Math.Min(values.Length, BlockBytes / type.Width);
            for (var i = 0; i < count; i++) Encode(type, values[i], buffer.AsSpan(i * type.Width));
            stream.Write(buffer, 0, count * type.Width);
            values = values[count..];
        }
    }

    private static double Decode(DType type, ReadOnlySpan<byte> bytes) => type.Label switch
    {
        "F64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        "BF16" => BFloat16.ToDouble(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        "I64" => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        "I32" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        "U8" => bytes[0],
        "BOOL" => bytes[0] == 0 ? 0 : 1,
        _ => throw new NotSupportedException($"Type {type} has no decoder."),
    };

    private static void Encode(DType type, double value, Span<byte> bytes)
    {
        switch (type.Label)
        {
            case "F64": BinaryPrimitives.WriteDoubleLittleEndian(bytes, value); break;
            case "F32": BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value); break;
            case "F16": BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value); break;
            case "BF16": BinaryPrimitives.WriteUInt16LittleEndian(bytes, BFloat16.ToBits(value)); break;
            case "I64": BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)Math.Round(value)); break;
            case "I32": BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)Math.Round(value)); break;
            case "U8": bytes[0] = (byte)Math.Clamp(Math.Round(value), 0, 255); break;
            case "BOOL": bytes[0] = value == 0 ? (byte)0 : (byte)1; break;
            default: throw new NotSupportedException($"Type {type} has no encoder.");
        }
    }
}
