namespace Unmask.Pipeline;

/// <summary>A layer as if it had some of its heads only: what maps of these are explained by.</summary>
internal static class SomeHeads
{
    /// <summary>The layer of the heads that are named, and what was seen of them; all of it where none are.</summary>
    public static Fin<(AttentionLayer Layer, Observed Seen)> Of(AttentionLayer layer, Observed seen, Option<Seq<int>> named) => named.Match(
        None: () => Door.Require(
            !seen.Observation.IsOfMaps() || seen.Averaged || seen.Matrices.Count > 1 || layer.Heads.Count == 1,
            () => Faults.HeadAverage(seen.Path, seen.Tensor, layer.Heads.Count)).Map(_ => (layer, seen)),
        Some: heads => heads.Find(head => head >= layer.Heads.Count).Match(
            Some: head => Faults.NoSuchHead(seen.Path, seen.Tensor, head, layer.Heads.Count),
            None: () => FinSucc((Layer(layer, heads), Output(seen, layer, heads)))));

    private static AttentionLayer Layer(AttentionLayer layer, Seq<int> heads) => layer with
    {
        Heads = heads.Map(head => layer.Heads[head]).Strict(),
        Value = layer.Value.Map(value => Columns(value, layer.Heads.Count, heads)),
        ValueBias = layer.ValueBias.Map(bias => toSeq(Columns(Matrix.Of(1, bias.Count, bias.ToArray()), layer.Heads.Count, heads).Values.ToArray())),
    };

    // Of an output of all heads the columns of these; an output of these alone as it is.
    private static Observed Output(Observed seen, AttentionLayer layer, Seq<int> heads) => seen.Observation == Observation.Output
        ? seen with
        {
            Matrices = seen.Matrices.Map(output => layer.Value.Exists(value => value.Columns == output.Columns)
                ? Columns(output, layer.Heads.Count, heads)
                : output).Strict(),
        }
        : seen with { Beside = seen.Beside.Map(output => Output(output, layer, heads)) };

    private static Matrix Columns(Matrix all, int count, Seq<int> heads)
    {
        var width = all.Columns / count;
        return Matrix.Create(all.Rows, heads.Count * width, (i, c) => all[i, heads[c / width] * width + c % width]);
    }
}
