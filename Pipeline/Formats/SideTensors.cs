using System.Globalization;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// What a capture file says beside its maps: attention_mask and position_ids ([n] or [batch, n]), and heads and rows (or heads.3 and rows.3 for one
/// layer; also as metadata, 0,3,5), which list what the maps are of where that is not all.
/// </summary>
internal sealed record SideTensors(string Path, Map<string, Seq<double>> Lists, Option<Seq<bool>> Mask, Option<Seq<int>> Positions)
{
    private const string HeadsName = "heads";
    private const string RowsName = "rows";
    private const string MaskName = "attention_mask";
    private const string PositionsName = "position_ids";

    public static Fin<SideTensors> Read(TensorFile file, Option<int> sequence) =>
        (Listed(file).Check(), OfSequence(file, MaskName, sequence).Check(), OfSequence(file, PositionsName, sequence).Check())
            .Apply((lists, mask, positions) => (lists, mask, positions)).Enter()
            .Bind(read => Door.Both(
                    read.mask.Map(values => Binary(file.Path, values)).Sequence(), read.positions.Map(values => Whole(file.Path, PositionsName, values)).Sequence())
                .Map(both => new SideTensors(file.Path, read.lists, both.First, both.Second)));

    /// <summary>The heads that a layer's maps are of, where they are listed.</summary>
    public Fin<Option<Seq<int>>> Heads(int layer, int count) => Find(HeadsName, layer).Match(
        None: () => Option<Seq<int>>.None,
        Some: list =>
            from heads in Whole(Path, list.Name, list.Values)
            from fits in Door.Require(
                heads.Count == count && heads.Distinct().Count == count,
                () => Faults.BadSide(Path, list.Name, $"must list {count} different heads, one for each map"))
            select Some(heads));

    /// <summary>The rows that a layer's maps hold, where they are listed; a list that makes no sense fits no map.</summary>
    public Option<Seq<int>> Rows(int layer) => Find(RowsName, layer).Map(list => Whole(Path, list.Name, list.Values).IfFail(Seq<int>()));

    // What is said of one layer goes before what is said of all.
    private Option<(string Name, Seq<double> Values)> Find(string kind, int layer) =>
        Seq(string.Create(CultureInfo.InvariantCulture, $"{kind}.{layer}"), kind)
            .Choose(name => Lists.Find(name).Map(values => (name, values))).HeadOrNone();

    private static Fin<Map<string, Seq<double>>> Listed(TensorFile file) =>
        from tensors in file.Tensors.Filter(tensor => IsList(tensor.Name)).Map(tensor => tensor.Numbers().Map(values => (tensor.Name, toSeq(values)))).All()
        from written in toSeq(file.Metadata.AsEnumerable()).Filter(entry => IsList(entry.Key)).Map(entry => Written(file.Path, entry.Key, entry.Value)).All()
        select toMap(written.Append(tensors).GroupBy(list => list.Item1).Select(same => same.Last()));

    private static bool IsList(string name) =>
        Seq(HeadsName, RowsName).Exists(kind => name == kind || name.StartsWith(kind + ".", StringComparison.Ordinal));

    // 0,3 or [0, 3]
    private static Fin<(string, Seq<double>)> Written(string path, string name, string text) =>
        toSeq(text.Trim().TrimStart('[').TrimEnd(']').Split(',')).Map(number =>
                double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? FinSucc(value)
                    : Faults.BadSide(path, name, "must list whole numbers")).All()
            .Map(values => (name, values));

    private static Fin<Option<Seq<double>>> OfSequence(TensorFile file, string name, Option<int> sequence) => file.Find(name).Match(
        None: () => Option<Seq<double>>.None,
        Some: tensor => (tensor.Shape switch
        {
            [_] => tensor.Vector(),
            [1, _] => tensor.Reshape(tensor.Shape.Tail).Vector(),
            [> 1, > 0] when sequence.IsNone => Faults.SeveralSequences(tensor.File, name, Shape.Text(tensor.Shape)),
            [var count, > 0] => sequence.Filter(k => k < count).Match(
                Some: k => tensor.Slices()[k].Vector(),
                None: () => Faults.NoSuchSequence(tensor.File, name, sequence.IfNone(0), count)),
            _ => tensor.BadShape("[n], or [batch, n] like the maps"),
        }).Map(Some));

    private static Fin<Seq<int>> Whole(string path, string name, Seq<double> values) =>
        values.ForAll(value => value is >= 0 and < 1e9 && value == Math.Floor(value))
            ? values.Map(value => (int)value).Strict()
            : Faults.BadSide(path, name, "must hold whole numbers, 0 or more");

    private static Fin<Seq<bool>> Binary(string path, Seq<double> values) =>
        values.ForAll(value => value is 0 or 1) ? values.Map(value => value == 1).Strict() : Faults.BadSide(path, MaskName, "must hold 0 and 1 only");
}
