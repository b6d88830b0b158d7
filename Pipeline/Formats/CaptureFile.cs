using System.Globalization;

namespace Unmask.Pipeline.Formats;

/// <summary>A file of attention maps, by tensor name.</summary>
internal static class CaptureFile
{
    public static Fin<Capture> Read(string path) =>
        from file in TensorFile.Open(path)
        let named = file.Tensors.Bind(tensor => Named.Of(tensor).ToSeq()).Strict()
        from any in Door.Require(!named.IsEmpty, () => Faults.NothingCaptured(path, file.Names))
        from layers in toSeq(named.GroupBy(one => one.Layer).OrderBy(same => same.Key)).Map(same => Layer(same.Key, toSeq(same))).All()
        select new Capture(path, layers, PrecisionOf.Values(layers.Bind(All), Finest(named.Map(one => one.Tensor))));

    /// <summary>[heads, n, m], [1, heads, n, m] or [n, m] as one matrix per head.</summary>
    public static Fin<Seq<Matrix>> PerHead(NamedTensor tensor) => tensor.Shape.Count switch
    {
        2 => tensor.Matrix().Map(Seq1),
        4 when tensor.Shape[0] == 1 => tensor.Reshape(tensor.Shape.Tail).Matrices(),
        4 => Faults.SeveralSequences(tensor.File, tensor.Name, Shape.Text(tensor.Shape)),
        _ => tensor.Matrices(),
    };

    private static Fin<LayerCapture> Layer(int layer, Seq<Named> tensors) =>
        (Maps(tensors, CaptureNames.Scores).Check(), Maps(tensors, CaptureNames.Attention).Check(), Output(tensors).Check())
            .Apply((scores, attention, output) => new LayerCapture(layer, scores, attention, output))
            .Enter();

    private static Fin<Seq<Matrix>> Maps(Seq<Named> tensors, string kind) =>
        tensors.Find(one => one.Kind == kind).Match(Some: one => Square(one.Tensor), None: () => Seq<Matrix>());

    private static Fin<Seq<Matrix>> Square(NamedTensor tensor) =>
        from square in Door.Require(
            tensor.Shape.Count >= 2 && tensor.Shape[^1] == tensor.Shape[^2],
            () => tensor.BadShape("[heads, n, n], one square map per head"))
        from maps in PerHead(tensor)
        select maps;

    private static Fin<Option<Matrix>> Output(Seq<Named> tensors) =>
        tensors.Find(one => one.Kind == CaptureNames.Output).Match(
            Some: one => (one.Tensor.Shape is [1, _, _] ? one.Tensor.Reshape(one.Tensor.Shape.Tail) : one.Tensor).Matrix().Map(Some),
            None: () => Option<Matrix>.None);

    private static Seq<Matrix> All(LayerCapture layer) => layer.Scores.Append(layer.Attention).Append(layer.Output.ToSeq());

    // Where the tensors differ in type, none may be promised a coarser rounding than its own.
    private static Precision Finest(Seq<NamedTensor> tensors) =>
        toSeq(tensors.Map(tensor => tensor.Type.Precision.IfNone(Precision.Float64)).OrderBy(precision => precision.RoundingError(1))).Head;

    private sealed record Named(string Kind, int Layer, NamedTensor Tensor)
    {
        public static Option<Named> Of(NamedTensor tensor) =>
            from kind in CaptureNames.All.Find(kind => tensor.Name.StartsWith(kind + ".", StringComparison.Ordinal))
            from layer in int.TryParse(tensor.Name.AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Some(number)
                : None
            select new Named(kind, layer, tensor);
    }
}
