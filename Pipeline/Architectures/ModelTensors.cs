using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The tensors of a checkpoint by name, without the prefix that some savers put before all of them.</summary>
internal sealed record ModelTensors(string Path, string Prefix, Map<string, NamedTensor> Tensors)
{
    /// <summary>Opens model.safetensors, or the several files that model.safetensors.index.json names.</summary>
    public static Fin<ModelTensors> Open(string folder) =>
        from files in FilesOf(folder)
        from opened in files.Map(TensorFile.Open).All()
        let tensors = opened.Bind(file => file.Tensors)
        from unique in Door.Unique(tensors.Map(tensor => tensor.Name), name => Faults.DuplicateTensor(folder, name))
        select new ModelTensors(opened.Count == 1 ? opened.Head.Path : folder, "", toMap(tensors.Map(tensor => (tensor.Name, tensor))));

    /// <summary>The same tensors, found without <paramref name="prefix"/> where the checkpoint has it.</summary>
    public ModelTensors Under(string prefix) =>
        this with { Prefix = Tensors.Keys.Exists(name => name.StartsWith(prefix, StringComparison.Ordinal)) ? prefix : "" };

    /// <summary>A matrix [rows, columns]; missing (212) or of another shape (216) is a failure.</summary>
    public Fin<Matrix> Matrix(string name, int rows, int columns) => Matrix(name, Some(rows), columns);

    /// <summary>A matrix with as many rows as it has.</summary>
    public Fin<Matrix> Table(string name, int columns) => Matrix(name, None, columns);

    public Fin<Seq<double>> Vector(string name, int length) =>
        from tensor in Require(name)
        from fits in Door.Require(tensor.Shape == Seq1<long>(length), () => tensor.BadShape($"[{length}] by the config"))
        from vector in tensor.Vector()
        select vector;

    /// <summary>A tensor of any other rank, read as a matrix of as many columns as its last <paramref name="inner"/> axes hold.</summary>
    public Fin<Matrix> Folded(string name, int inner, params long[] shape) =>
        from tensor in Require(name)
        from fits in Door.Require(tensor.Shape == toSeq(shape), () => tensor.BadShape($"{Shape.Text(toSeq(shape))} by the config"))
        from matrix in tensor.Reshape(Seq(shape[..^inner].Aggregate(1L, (a, b) => a * b), shape[^inner..].Aggregate(1L, (a, b) => a * b))).Matrix()
        select matrix;

    public bool Holds(string name) => Tensors.ContainsKey(Prefix + name);

    private Fin<Matrix> Matrix(string name, Option<int> rows, int columns) =>
        from tensor in Require(name)
        from fits in Door.Require(
            tensor.Shape.Count == 2 && tensor.Shape[1] == columns && rows.ForAll(count => tensor.Shape[0] == count),
            () => tensor.BadShape($"[{rows.Match(count => $"{count}", () => "any")}, {columns}] by the config"))
        from matrix in tensor.Matrix()
        select matrix;

    private Fin<NamedTensor> Require(string name) =>
        Tensors.Find(Prefix + name).ToFin(Faults.MissingTensor(Path, Prefix + name, toSeq(Tensors.Keys)));

    private static Fin<Seq<string>> FilesOf(string folder)
    {
        var index = System.IO.Path.Combine(folder, "model.safetensors.index.json");
        var single = System.IO.Path.Combine(folder, "model.safetensors");
        return File.Exists(single) || !File.Exists(index) ? Seq1(single) : Shards(folder, index);
    }

    private static Fin<Seq<string>> Shards(string folder, string index) =>
        from root in Json.Read(index)
        from map in root.Object("weight_map")
        from names in map.Keys.Map(map.Text).All()
            // A name that leaves the folder is no shard of this checkpoint.
        from plain in names.Find(name => name != System.IO.Path.GetFileName(name)).Match(
            Some: outside => map.Bad(outside, "must be a plain file name"),
            None: () => FinSucc(unit))
        select names.Distinct().Map(name => System.IO.Path.Combine(folder, name)).Strict();
}
