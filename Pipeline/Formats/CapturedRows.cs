namespace Unmask.Pipeline.Formats;

/// <summary>
/// Rows to whole maps. A block of m rows and n columns is the last m rows of n tokens, as each step of a generation with a cache leaves it,
/// unless the file lists which rows they are. Rows that no block holds stay zero.
/// </summary>
internal static class CapturedRows
{
    public static Fin<CapturedMaps> Of(Seq<CapturedTensor> tensors, Option<Seq<int>> listed) =>
        from blocks in tensors.Map(one => one.Maps().Map(maps => new Block(one.Tensor, maps))).All()
        let tokens = blocks.Map(block => block.Columns).Max()
        from placed in blocks.Map(block => Placed(block, blocks.Head, tokens, listed)).All()
        from apart in Apart(placed)
        let held = toSet(placed.Bind(block => block.At))
        let absent = toSeq(Enumerable.Range(0, tokens).Where(row => !held.Contains(row))).Strict()
        let name = CapturedMaps.Several(tensors.Head.Tensor.Name, tensors.Count)
        from allowed in Door.Require(
            absent.IsEmpty || tensors.Head.Kind == Observation.Attention,
            () => Faults.SomeRowsOnly(tensors.Head.Tensor.File, name, held.Count, tokens))
        select new CapturedMaps(name, blocks.Head.Rows == tokens && listed.IsNone ? blocks.Head.Maps : Whole(placed, tokens), None, absent);

    private static Fin<Block> Placed(Block block, Block first, int tokens, Option<Seq<int>> listed) =>
        block.Maps.Count != first.Maps.Count
            ? Faults.StepsDisagree(block.Tensor.File, block.Tensor.Name, $"has {block.Maps.Count} heads where {first.Tensor.Name} has {first.Maps.Count}")
            : listed.Match(
                None: () => block with { At = toSeq(Enumerable.Range(block.Columns - block.Rows, block.Rows)).Strict() },
                Some: rows => rows.Count == block.Rows && rows.ForAll(row => row < tokens)
                    ? FinSucc(block with { At = rows })
                    : Faults.BadSide(block.Tensor.File, "rows", $"must list {block.Rows} rows below {tokens}, those of {block.Tensor.Name}"));

    // Two blocks with one row are of two generations, or the cache was off and each step computed everything again.
    private static Fin<Unit> Apart(Seq<Block> blocks)
    {
        var seen = new System.Collections.Generic.HashSet<int>();
        return blocks.Find(block => !block.At.ForAll(seen.Add)).Match(
            Some: block => Faults.StepsDisagree(block.Tensor.File, block.Tensor.Name, "holds a row that was there already"),
            None: () => FinSucc(unit));
    }

    private static Seq<Matrix> Whole(Seq<Block> blocks, int tokens) =>
        toSeq(Enumerable.Range(0, blocks.Head.Maps.Count)).Map(head =>
        {
            var values = new double[tokens * tokens];
            foreach (var block in blocks)
                for (var row = 0; row < block.Rows; row++)
                    block.Maps[head].Row(row).CopyTo(values.AsSpan(block.At[row] * tokens));
            return Matrix.Own(tokens, tokens, values);
        }).Strict();

    private sealed record Block(NamedTensor Tensor, Seq<Matrix> Maps)
    {
        public int Rows => Maps.Head.Rows;

        public int Columns => Maps.Head.Columns;

        /// <summary>Which rows of the whole they are.</summary>
        public Seq<int> At { get; init; }
    }
}
