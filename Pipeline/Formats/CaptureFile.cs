namespace Unmask.Pipeline.Formats;

/// <summary>A file of attention maps, by tensor name.</summary>
internal static class CaptureFile
{
    /// <summary>The only sequence of the file, or the one that is asked for.</summary>
    public static Fin<Capture> Read(string path, Option<int> sequence) =>
        from file in TensorFile.Open(path)
        from named in Captured(file)
        from capture in OfSequence(file, named, sequence)
        select capture;

    /// <summary>Every sequence of a batch.</summary>
    public static Fin<Seq<Capture>> ReadAll(string path) =>
        from file in TensorFile.Open(path)
        from named in Captured(file)
        from captures in Enumerable.Range(0, named.Map(one => one.Sequences.Count).Max()).Select(k => OfSequence(file, named, Some(k))).All()
        select captures;

    /// <summary>[heads, m, n], [1, heads, m, n] or [m, n] as one matrix per head.</summary>
    public static Fin<Seq<Matrix>> PerHead(NamedTensor tensor) => tensor.Shape.Count switch
    {
        2 => tensor.Matrix().Map(Seq1),
        4 when tensor.Shape[0] == 1 => tensor.Reshape(tensor.Shape.Tail).Matrices(),
        4 => Faults.SeveralSequences(tensor.File, tensor.Name, Shape.Text(tensor.Shape)),
        _ => tensor.Matrices(),
    };

    private static Fin<Seq<Batch>> Captured(TensorFile file)
    {
        var named = CapturedTensor.In(file).Map(one => one.Sequences()).Strict();
        return Door.Require(!named.IsEmpty, () => Faults.NothingCaptured(file.Path, file.Names)).Map(_ => named);
    }

    private static Fin<Capture> OfSequence(TensorFile file, Seq<Batch> batch, Option<int> sequence) =>
        from both in Door.Both(batch.Map(one => one.Choose(sequence)).All(), SideTensors.Read(file, sequence))
        let sides = both.Second
        from layers in toSeq(both.First.GroupBy(one => one.Layer).OrderBy(same => same.Key)).Map(same => CapturedLayer.Of(same.Key, toSeq(same), sides)).All()
        let finest = Finest(both.First.Map(one => one.Tensor))
        from kept in Padding.Find(file.Path, layers, sides.Mask, finest)
        let whole = layers.Map(layer => kept.Match(Some: run => Padding.Cut(layer, run), None: () => layer)).Strict()
        select new Capture(file.Path, whole, PrecisionOf.Values(whole.Bind(layer => layer.All), finest)) { Kept = kept, FirstPosition = First(both.First, kept, sides) };

    // A plain forward pass counts positions from the first token, padding or not; generate() and TransformerLens from the first that is none.
    private static int First(Seq<CapturedTensor> tensors, Option<Kept> kept, SideTensors sides)
    {
        var first = kept.Map(run => run.First).IfNone(0);
        return sides.Positions.Filter(positions => positions.Count > first).Map(positions => positions[first])
            .IfNone(() => tensors.Exists(one => one.Name.Step.IsSome || one.Name.Saver == Saver.TransformerLens) ? 0 : first);
    }

    // Where the tensors differ in type, none may be promised a coarser rounding than its own.
    private static Precision Finest(Seq<NamedTensor> tensors) =>
        toSeq(tensors.Map(tensor => tensor.Type.Precision.IfNone(Precision.Float64)).OrderBy(precision => precision.RoundingError(1))).Head;
}
