namespace Unmask.Pipeline.Formats;

/// <summary>One tensor of one layer, with what its name says of it.</summary>
internal sealed record CapturedTensor(CaptureName Name, int Layer, NamedTensor Tensor)
{
    public Observation Kind => Name.Kind;

    // Axes behind the batch: heads and a map, a map alone (perhaps with an axis of one head), or the rows of an output.
    private int Rank => (Kind, Name.Saver) switch
    {
        (Observation.Output, Saver.TransformerLens) => 3,
        (Observation.Output, _) or (Observation.Residual, _) => 2,
        _ => IsOneMap && Tensor.Shape.Count < 4 ? 2 : 3,
    };

    private bool IsOneMap => Name.Head.IsSome || Name.Averaged;

    /// <summary>Every tensor of the file whose name is one of a capture's; a stack of layers comes apart into them.</summary>
    public static Seq<CapturedTensor> In(TensorFile file)
    {
        var named = file.Tensors.Bind(tensor => CaptureName.Of(tensor).Map(name => (Name: name, Tensor: tensor)).ToSeq()).Strict();
        // An .npy file is named by whoever saved it, and holds nothing else.
        var all = named.IsEmpty && System.IO.Path.GetExtension(file.Path).Equals(".npy", StringComparison.OrdinalIgnoreCase)
            ? file.Tensors.Map(tensor => (Name: CaptureName.Unnamed, Tensor: tensor))
            : named;
        return all.Bind(one => Layers(one.Name, one.Tensor)).Strict();
    }

    /// <summary>One tensor for each sequence of the batch, without that axis; itself where it has none.</summary>
    public Batch Sequences() => new(Tensor, Tensor.Shape.Count != Rank + 1 || Tensor.Shape.Contains(0) ? Seq1(this)
        : Tensor.Shape.Head == 1 ? Seq1(this with { Tensor = Tensor.Reshape(Tensor.Shape.Tail) })
        : Tensor.Slices().Map(one => this with { Tensor = one }).Strict());

    /// <summary>[heads, m, n] or [m, n] as one matrix per head.</summary>
    public Fin<Seq<Matrix>> Maps() =>
        from shaped in Door.Require(
            Tensor.Shape.Count >= 2 && !Tensor.Shape.Contains(0) && Tensor.Shape[^2] <= Tensor.Shape[^1],
            () => Tensor.BadShape("[heads, n, n], one square map per head, or its last rows [heads, m, n]"))
        from alone in Door.Require(
            !IsOneMap || Tensor.Shape.Count == 2 || Tensor.Shape.Head == 1,
            () => Tensor.BadShape("[n, n], one map"))
        from maps in CaptureFile.PerHead(Tensor)
        select maps;

    /// <summary>[n, d], or an output [n, heads, d_h] with the heads side by side.</summary>
    public Fin<Matrix> Rows() =>
        Tensor.Shape is [var n, var heads, var width] && Rank == 3
            ? Tensor.Reshape(Seq(n, heads * width)).Matrix()
            : Tensor.Matrix();

    private static Seq<CapturedTensor> Layers(CaptureName name, NamedTensor tensor) => name.Layer.Match(
        Some: layer => Seq1(new CapturedTensor(name, layer, tensor)),
        None: () => tensor.Shape.Count > new CapturedTensor(name, 0, tensor).Rank && !tensor.Shape.Contains(0)
            ? toSeq(tensor.Slices().Select((slice, layer) => new CapturedTensor(name, layer, slice))).Strict()
            : Seq1(new CapturedTensor(name, 0, tensor)));
}

/// <summary>A tensor and the sequences it holds.</summary>
internal sealed record Batch(NamedTensor Whole, Seq<CapturedTensor> Sequences)
{
    /// <summary>The only sequence, or the one that is asked for.</summary>
    public Fin<CapturedTensor> Choose(Option<int> wanted) =>
        wanted.Exists(k => k >= Sequences.Count) ? Faults.NoSuchSequence(Whole.File, Whole.Name, wanted.IfNone(0), Sequences.Count)
        : wanted.IsNone && Sequences.Count > 1 ? Faults.SeveralSequences(Whole.File, Whole.Name, Shape.Text(Whole.Shape))
        : Sequences[wanted.IfNone(0)];
}
