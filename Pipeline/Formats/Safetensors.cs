using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>safetensors: 8 bytes of header length, a JSON header, the numbers. Tensors are read through a memory map, each on its own.</summary>
internal static class Safetensors
{
    // The limit of the reference implementation; a longer header is an attack or a damaged length.
    private const long LongestHeader = 100_000_000;

    public static Fin<TensorFile> Open(string path)
    {
        using var stream = Files.Open(path);
        var length = stream.Length;
        if (length < 8) return Faults.Truncated(path, 8, length);
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var declared = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (declared > LongestHeader) return Faults.BadHeader(path, $"its length is given as {declared} bytes, more than {LongestHeader}");
        var header = (int)declared;
        if (8 + header > length) return Faults.Truncated(path, 8 + header, length);
        var json = new byte[header];
        stream.ReadExactly(json);
        return SafetensorsHeader.Parse(path, json, length - 8 - header).Map(parsed => new TensorFile(path, parsed.Entries
            .Map(entry => new NamedTensor(path, entry.Name, entry.Type, entry.Shape, () => Numbers(path, 8 + header, entry)))
            .Strict())
        {
            Metadata = parsed.Metadata,
        });
    }

    public static Fin<Unit> Save(string path, Seq<NamedTensor> tensors) =>
        from _ in Door.Unique(
            tensors.Map(tensor => tensor.Name).Add("__metadata__"),
            name => Faults.CannotWrite(path, $"two tensors are called {name}, or one has that reserved name"))
        from values in tensors.Map(tensor => tensor.Numbers()).All()
        from written in Files.Writing(path, stream => Write(stream, tensors.Zip(values)))
        select written;

    private static Fin<double[]> Numbers(string path, long dataStart, SafetensorsEntry entry) => Files.Reading<double[]>(path, () =>
    {
        var values = new double[(entry.End - entry.Begin) / entry.Type.Width];
        if (values.Length == 0) return values;
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewStream(dataStart + entry.Begin, entry.End - entry.Begin, MemoryMappedFileAccess.Read);
        Formats.Numbers.Read(view, entry.Type, values);
        return values;
    });

    private static void Write(Stream stream, IEnumerable<(NamedTensor Tensor, double[] Values)> tensors)
    {
        var all = tensors.ToArray();
        var header = Header(all);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var (tensor, values) in all) Formats.Numbers.Write(stream, tensor.Type, values);
    }

    private static byte[] Header((NamedTensor Tensor, double[] Values)[] tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            var offset = 0L;
            foreach (var (tensor, values) in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Label);
                json.WriteStartArray("shape");
                foreach (var length in tensor.Shape) json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)values.Length * tensor.Type.Width);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the numbers are aligned in a map.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
