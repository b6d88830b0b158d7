namespace Unmask.Pipeline.Formats;

/// <summary>
/// A .safetensors, .npy or .npz file: every header checked, no number read yet. The file is not kept open.
/// An .npy file holds one tensor, named like the file without its extension; a page of BertViz holds attentions.N.
/// </summary>
public sealed record TensorFile(string Path, Seq<NamedTensor> Tensors)
{
    /// <summary>What a .safetensors file says of itself, as text.</summary>
    public Map<string, string> Metadata { get; init; }

    public Seq<string> Names => Tensors.Map(tensor => tensor.Name);

    /// <summary>Opens a file, telling the format by its first bytes, or by its extension where it is too short for that.</summary>
    public static Fin<TensorFile> Open(string path) =>
        from reader in Files.Reading(path, () => ReaderOf(path))
        from file in Files.Reading(path, () => reader(path))
        select file;

    /// <summary>Writes tensors in the format of the extension, under a temporary name first. An .npy file takes exactly one.</summary>
    public static Fin<Unit> Save(string path, Seq<NamedTensor> tensors) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".safetensors" => Safetensors.Save(path, tensors),
        ".npz" => Npz.Save(path, tensors),
        ".npy" when tensors.Count == 1 => Npy.Save(path, tensors.Head),
        ".npy" => Faults.CannotWrite(path, $"an .npy file holds one tensor, not {tensors.Count}"),
        _ => Faults.UnknownExtension(path),
    };

    public Option<NamedTensor> Find(string name) => Tensors.Find(tensor => tensor.Name == name);

    /// <summary>The tensor of that name, or a failure that lists what is there (212).</summary>
    public Fin<NamedTensor> Require(string name) =>
        Find(name).Match(Some: FinSucc, None: () => Faults.MissingTensor(Path, name, Names));

    private static Fin<Func<string, Fin<TensorFile>>> ReaderOf(string path)
    {
        Span<byte> start = stackalloc byte[256];
        using var stream = Files.Open(path);
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith(NpyHeader.Magic)) return Plain(Npy.Open);
        if (start.StartsWith("PK"u8)) return Plain(Npz.Open);
        if (start.Length > 8 && start[8] == '{') return FinSucc<Func<string, Fin<TensorFile>>>(Safetensors.Open);
        if (BertViz.Begins(start)) return Plain(BertViz.Open);
        return System.IO.Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => Plain(Npy.Open),
            ".npz" => Plain(Npz.Open),
            ".safetensors" => FinSucc<Func<string, Fin<TensorFile>>>(Safetensors.Open),
            ".html" or ".htm" => Plain(BertViz.Open),
            _ => Faults.UnknownFormat(path),
        };
    }

    private static Fin<Func<string, Fin<TensorFile>>> Plain(Func<string, Fin<Seq<NamedTensor>>> open) =>
        FinSucc<Func<string, Fin<TensorFile>>>(path => open(path).Map(tensors => new TensorFile(path, tensors)));
}
