using System.IO.Compression;

namespace Unmask.Pipeline.Formats;

/// <summary>NumPy's .npz: a zip of .npy arrays, stored or deflated. The tensor's name is the entry's without its extension.</summary>
internal static class Npz
{
    // Deflate cannot expand further than this; a larger claim is a lie that must not be given memory.
    private const long LargestExpansion = 1032;

    public static Fin<Seq<NamedTensor>> Open(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var arrays = toSeq(zip.Entries).Filter(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal)).Strict();
        return from _ in Door.Unique(arrays.Map(NameOf), name => Faults.DuplicateTensor(path, name))
               from tensors in arrays.Map(entry => Tensor(path, entry)).All()
               select tensors;
    }

    public static Fin<Unit> Save(string path, Seq<NamedTensor> tensors, CompressionLevel level = CompressionLevel.NoCompression) =>
        from _ in Door.Unique(tensors.Map(tensor => tensor.Name), name => Faults.CannotWrite(path, $"two tensors are called {name}"))
        from arrays in tensors
            .Map(tensor => Door.Both(Npy.Descriptor(path, tensor), tensor.Numbers()).Map(both => (Tensor: tensor, both.First, both.Second)))
            .All()
        from written in Files.Writing(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
            foreach (var (tensor, descriptor, values) in arrays)
            {
                var entry = zip.CreateEntry($"{tensor.Name}.npy", level);
                // The date of the zip format's first day, so that the same tensors give the same bytes.
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var body = entry.Open();
                Npy.Write(body, descriptor, tensor, values, fortran: false);
            }
        })
        select written;

    private static Fin<NamedTensor> Tensor(string path, ZipArchiveEntry entry)
    {
        var name = NameOf(entry);
        if (entry.IsEncrypted) return Faults.BadTensor(path, name, "is encrypted");
        if (entry.Length / LargestExpansion > entry.CompressedLength)
            return Faults.BadTensor(path, name, $"claims {entry.Length} bytes out of {entry.CompressedLength}");
        using var stream = entry.Open();
        return from header in NpyHeader.Read(path, name, stream)
               from _ in Npy.Fits($"{path}:{entry.FullName}", header, entry.Length)
               select new NamedTensor(path, name, header.Type, header.Shape, () => Numbers(path, entry.FullName, header));
    }

    private static Fin<double[]> Numbers(string path, string entryName, NpyHeader expected) => Files.Reading<double[]>(path, () =>
    {
        using var zip = ZipFile.OpenRead(path);
        if (zip.GetEntry(entryName) is not { } entry) return Faults.CannotRead(path, "it changed while it was read");
        using var stream = new ChecksumStream(entry.Open());
        return from header in NpyHeader.Read(path, entryName, stream)
               from _ in Door.Require(header == expected, () => Faults.CannotRead(path, "it changed while it was read"))
               let values = Npy.Numbers(stream, header)
               from intact in Door.Require(
                   stream.Checksum == entry.Crc32,
                   () => Faults.BadTensor(path, NameOf(entry), "does not match its checksum"))
               select values;
    });

    private static string NameOf(ZipArchiveEntry entry) => entry.FullName[..^".npy".Length];
}
