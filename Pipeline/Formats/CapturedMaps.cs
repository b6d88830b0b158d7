namespace Unmask.Pipeline.Formats;

/// <summary>All maps of one kind of a layer: n×n each, the heads they are of where these are named, and the rows nobody saved (zero).</summary>
internal sealed record CapturedMaps(string Tensor, Seq<Matrix> Maps, Option<Seq<int>> Heads, Seq<int> Absent)
{
    /// <summary>Puts together what a layer's maps were saved as: at once, step by step, head by head.</summary>
    public static Fin<Option<CapturedMaps>> Of(Seq<CapturedTensor> tensors, SideTensors sides) =>
        tensors.IsEmpty ? Option<CapturedMaps>.None
        : tensors.ForAll(one => one.Name.Head.IsSome) ? ByHead(tensors, sides).Map(Some)
        : from once in Once(tensors)
          from maps in CapturedRows.Of(tensors, sides.Rows(tensors.Head.Layer))
          from heads in sides.Heads(tensors.Head.Layer, maps.Maps.Count)
          select Some(maps with { Heads = heads });

    private static Fin<CapturedMaps> ByHead(Seq<CapturedTensor> tensors, SideTensors sides) =>
        from heads in toSeq(tensors.GroupBy(one => one.Name.Head.IfNone(0)).OrderBy(same => same.Key)).Map(same =>
            from once in Once(toSeq(same))
            from maps in CapturedRows.Of(toSeq(same), sides.Rows(tensors.Head.Layer))
            select (Head: same.Key, Maps: maps)).All()
        let first = heads.Head.Maps
        from alike in heads.Find(one => one.Maps.Absent != first.Absent || one.Maps.Maps.Head.Rows != first.Maps.Head.Rows).Match(
            Some: other => Faults.StepsDisagree(tensors.Head.Tensor.File, other.Maps.Tensor, $"does not hold the same rows as {first.Tensor}"),
            None: () => FinSucc(unit))
        select new CapturedMaps(
            Several(first.Tensor, tensors.Count), heads.Bind(one => one.Maps.Maps).Strict(), heads.Map(one => one.Head).Strict(), first.Absent);

    /// <summary>The name of the first of several tensors, and how many more there are.</summary>
    public static string Several(string first, int count) => count == 1 ? first : $"{first} (with {count - 1} more)";

    // Two tensors that claim the same place, or a whole beside its parts.
    private static Fin<Unit> Once(Seq<CapturedTensor> tensors)
    {
        var single = tensors.Count == 1 || (tensors.ForAll(one => one.Name.Step.IsSome && one.Name.Head == tensors.Head.Name.Head)
            && tensors.Map(one => one.Name.Step).Distinct().Count == tensors.Count);
        return Door.Require(single, () => Faults.CapturedTwice(
            tensors.Head.Tensor.File, CaptureNames.Of(tensors.Head.Kind, tensors.Head.Layer), tensors.Map(one => one.Tensor.Name)));
    }
}
