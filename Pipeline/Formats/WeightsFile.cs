namespace Unmask.Pipeline.Formats;

/// <summary>Plain weight matrices, for a layer that comes from no checkpoint.</summary>
internal static class WeightsFile
{
    public static Fin<Weights> Read(string path) =>
        from file in TensorFile.Open(path)
        from weights in file.Find("query").IsSome || file.Find("key").IsSome ? Projections(file) : Products(file)
        from value in Value(file, weights.D)
        let width = value.Map(matrix => matrix.Columns).IfNone(weights.D)
        from rest in (file.Vector("value_bias", width).Check(), file.Vector("output_bias", weights.D).Check(), Output(file, width, weights.D).Check())
            .Apply((valueBias, outputBias, output) => (valueBias, outputBias, output)).Enter()
        select weights with { Value = value, ValueBias = rest.valueBias, OutputBias = rest.outputBias, OutputProjection = rest.output };

    private static Fin<Weights> Products(TensorFile file) =>
        from tensor in (file.Tensors.Count == 1 ? file.Tensors.HeadOrNone() : file.Find("W"))
            .ToFin(Faults.MissingTensor(file.Path, "W (or query and key)", file.Names))
        from square in Door.Require(
            tensor.Shape.Count is 2 or 3 && tensor.Shape[^1] == tensor.Shape[^2] && !tensor.Shape.Contains(0),
            () => tensor.BadShape("[d, d] or [heads, d, d]"))
        from heads in CaptureFile.PerHead(tensor)
        select new Weights(file.Path, heads.Head.Rows, heads.Map(Head.OfProduct).Strict(), None);

    private static Fin<Weights> Projections(TensorFile file) =>
        from named in Door.Both(file.Require("query"), file.Require("key"))
        from agree in Door.Require(
            named.First.Shape == named.Second.Shape,
            () => named.Second.BadShape($"{Shape.Text(named.First.Shape)} like query"))
        from ranked in Door.Require(
            named.First.Shape.Count is 2 or 3 && !named.First.Shape.Contains(0),
            () => named.First.BadShape("[d, d_h] or [heads, d, d_h]"))
        from weights in Door.Both(CaptureFile.PerHead(named.First), CaptureFile.PerHead(named.Second))
        let queries = weights.First
        from biases in Door.Both(Biases(file, "query_bias", queries), Biases(file, "key_bias", queries))
        select new Weights(
            file.Path,
            queries.Head.Rows,
            toSeq(Enumerable.Range(0, queries.Count)).Map(h => new Head(queries[h], weights.Second[h], biases.First[h], biases.Second[h])).Strict(),
            None);

    // A row of d_h numbers per head.
    private static Fin<Seq<Option<Seq<double>>>> Biases(TensorFile file, string name, Seq<Matrix> heads)
    {
        var (count, width) = (heads.Count, heads.Head.Columns);
        return file.Find(name).Match(
            None: () => toSeq(Enumerable.Repeat(Option<Seq<double>>.None, count)).Strict(),
            Some: tensor =>
                from shaped in Door.Require(
                    tensor.Shape == Seq<long>(count, width) || (count == 1 && tensor.Shape == Seq1<long>(width)),
                    () => tensor.BadShape($"[{count}, {width}], one bias per head"))
                from numbers in tensor.Numbers()
                select toSeq(numbers.Chunk(width)).Map(bias => Some(toSeq(bias))).Strict());
    }

    private static Fin<Option<Matrix>> Output(TensorFile file, int width, int d) => file.Find("output").Match(
        None: () => Option<Matrix>.None,
        Some: tensor =>
            from shaped in Door.Require(tensor.Shape == Seq<long>(width, d), () => tensor.BadShape($"[{width}, {d}], from the values of all heads to the stream"))
            from matrix in tensor.Matrix()
            select Some(matrix));

    private static Fin<Option<Seq<double>>> Vector(this TensorFile file, string name, int length) => file.Find(name).Match(
        None: () => Option<Seq<double>>.None,
        Some: tensor =>
            from shaped in Door.Require(tensor.Shape == Seq1<long>(length), () => tensor.BadShape($"[{length}]"))
            from vector in tensor.Vector()
            select Some(vector));

    private static Fin<Option<Matrix>> Value(TensorFile file, int d) => file.Find("value").Match(
        None: () => Option<Matrix>.None,
        Some: tensor =>
            from shaped in Door.Require(
                tensor.Shape.Count is 2 or 3 && tensor.Shape[^2] == d && !tensor.Shape.Contains(0),
                () => tensor.BadShape($"[{d}, width] or [heads, {d}, d_h]"))
            from heads in CaptureFile.PerHead(tensor)
            let width = heads.Head.Columns
            select Some(Matrix.Create(d, heads.Count * width, (i, c) => heads[c / width][i, c % width])));
}
