using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Unmask.Pipeline.Formats;

/// <summary>What stands before the numbers of an .npy array; <paramref name="Length"/> is its size in bytes, magic included.</summary>
internal sealed partial record NpyHeader(DType Type, bool Fortran, Seq<long> Shape, long Count, int Length)
{
    private const int LongestHeader = 1 << 20;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header and leaves the stream at the first number; <paramref name="tensor"/> is only for messages.</summary>
    public static Fin<NpyHeader> Read(string path, string tensor, Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        if (!Filled(stream, start[..8]) || !start.StartsWith(Magic))
            return Faults.BadHeader(path, $"array {tensor} does not begin with the NumPy magic");
        var version = start[6];
        if (version is < 1 or > 3) return Faults.BadHeader(path, $"array {tensor} is of .npy version {version}; 1, 2 and 3 are known");
        var width = version == 1 ? 2 : 4;
        if (!Filled(stream, start.Slice(8, width))) return Faults.BadHeader(path, $"array {tensor} ends inside its header (truncated)");
        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LongestHeader) return Faults.BadHeader(path, $"array {tensor} claims a header of {length} bytes");
        var text = new byte[length];
        return Filled(stream, text)
            ? Parse(path, tensor, Encoding.Latin1.GetString(text), 8 + width + (int)length)
            : Faults.BadHeader(path, $"array {tensor} ends inside its header (truncated)");
    }

    /// <summary>Version 1 where it fits, padded so that the numbers begin at a multiple of 64.</summary>
    public static byte[] Format(string descriptor, bool fortran, Seq<long> shape)
    {
        var axes = string.Join(", ", shape) + (shape.Count == 1 ? "," : "");
        var text = $"{{'descr': '{descriptor}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({axes}), }}";
        var prefix = text.Length + 64 < ushort.MaxValue ? 10 : 12;
        var body = Encoding.Latin1.GetBytes(text.PadRight(text.Length + 63 - (prefix + text.Length) % 64) + "\n");
        var header = new byte[prefix + body.Length];
        Magic.CopyTo(header);
        header[6] = prefix == 10 ? (byte)1 : (byte)2;
        if (prefix == 10) BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)body.Length);
        else BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), body.Length);
        body.CopyTo(header, prefix);
        return header;
    }

    private static Fin<NpyHeader> Parse(string path, string tensor, string text, int length) =>
        from fields in Fields(text).ToFin(Faults.BadHeader(path, $"array {tensor} is of records or objects"))
        from type in DType.OfNumpy(fields.Descriptor).ToFin(Faults.UnreadableType(path, tensor, fields.Descriptor, Advice(fields.Descriptor)))
        from shape in fields.Axes.Map(axis => long.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? FinSucc(value)
            : Faults.BadHeader(path, $"array {tensor} has the axis {axis}")).All()
        from count in Formats.Shape.Count(shape).ToFin(Faults.BadTensor(path, tensor, $"has the impossible shape {Formats.Shape.Text(shape)}"))
        select new NpyHeader(type, fields.Fortran, shape, count, length);

    private static Option<(string Descriptor, bool Fortran, Seq<string> Axes)> Fields(string text)
    {
        var (descriptor, order, shape) = (DescriptorPattern().Match(text), OrderPattern().Match(text), ShapePattern().Match(text));
        if (!(DictionaryPattern().IsMatch(text) && descriptor.Success && order.Success && shape.Success)) return None;
        // (3, 4) and (3,) are tuples; Python 2 wrote 3L.
        var axes = toSeq(shape.Groups[1].Value.Split(',')).Map(axis => axis.Trim().TrimEnd('L')).Strict();
        var trimmed = axes.Last == "" ? axes.Take(axes.Count - 1) : axes;
        return (descriptor.Groups[1].Value, order.Groups[1].Value == "True", trimmed.Strict());
    }

    private static string Advice(string descriptor) => descriptor switch
    {
        ['>', ..] => "save it little endian, for instance with array.astype('<f8')",
        [_, 'O', ..] => "it holds Python objects; save one plain array per name, for instance with array.astype('<f8')",
        _ => "save it as <f8, <f4, <f2, <i8 or <i4, for instance with array.astype('<f8')",
    };

    private static bool Filled(Stream stream, Span<byte> bytes) => stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    [GeneratedRegex(@"^\s*\{[^{}]*\}\s*$")]
    private static partial Regex DictionaryPattern();

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""")]
    private static partial Regex DescriptorPattern();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)\b""")]
    private static partial Regex OrderPattern();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^()]*)\)""")]
    private static partial Regex ShapePattern();
}
