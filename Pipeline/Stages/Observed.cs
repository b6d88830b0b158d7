namespace Unmask.Pipeline;

/// <summary>Numbers that claim to be an observation of a layer, on their way through the door.</summary>
internal sealed record Observed(string Path, string Tensor, Observation Observation, Seq<Matrix> Matrices, Precision Stored)
{
    /// <summary>Rows of the maps that were not saved.</summary>
    public Seq<int> Absent { get; init; }

    /// <summary>Whether it is one map, the mean over heads.</summary>
    public bool Averaged { get; init; }

    /// <summary>What the rows sum to, where the user says so.</summary>
    public Option<RowSums> RowSums { get; init; }

    /// <summary>An output that was captured with the maps.</summary>
    public Option<Observed> Beside { get; init; }

    /// <summary>Checks shapes against the layer, then every entry, and brings the numbers into the form solvers expect.</summary>
    public Fin<Problem> Against(AttentionLayer layer, string name, Option<Vocabulary> vocabulary, Option<Precision> precision) =>
        from shaped in Door.Both(Shapes(layer, vocabulary), Beside.Map(output => output.OutputShape(layer, Matrices.HeadOrNone().Map(map => map.Rows))).Sequence())
        from average in Averages.Check(this, layer, vocabulary)
        from dims in Dims.Of(layer.D, Matrices.Head.Rows)
        let rounding = precision.IfNone(() => PrecisionOf.Values(Matrices, Stored))
        from entries in Door.Both(
            EntryRules.Check(this, layer.Mask, rounding, Averages.Of(this, layer) ? Pipeline.RowSums.Softmax : RowSums),
            Beside.Map(output => EntryRules.Check(output, layer.Mask, rounding, None)).Sequence())
        select new Problem(
            name, layer, dims, Observation, Matrices.Map(matrix => Canonical(layer, matrix)).Strict(), rounding, layer.Value, vocabulary)
        {
            Output = Beside.Map(output => ValueBias.Off(output.Matrices.Head, layer, entries.First == Pipeline.RowSums.Softmax ? None : Some(Matrices))),
            RowSums = entries.First,
            Averaged = Averages.Of(this, layer),
            Zeros = entries.First == Pipeline.RowSums.Dropout || !Absent.IsEmpty ? Zeros.Missing : Zeros.Bounded,
        };

    private Fin<Unit> Shapes(AttentionLayer layer, Option<Vocabulary> vocabulary) =>
        Observation == Observation.Output ? OutputShape(layer, None)
        : Observation == Observation.Residual ? Seq(StreamShape(layer), Positions(vocabulary)).All().Map(_ => unit)
        : Seq(
            Door.Require(Averages.Of(this, layer) || Matrices.Count == layer.Heads.Count, () => Faults.HeadCount(Path, Tensor, Matrices.Count, layer.Heads.Count)),
            Door.Require(
                Matrices.ForAll(map => map.Rows == map.Columns && map.Rows == Matrices.Head.Rows),
                () => Bad("[heads, n, n], one square map per head")),
            Positions(vocabulary)).All().Map(_ => unit);

    private Fin<Unit> OutputShape(AttentionLayer layer, Option<int> tokens) => layer.Value.Match(
        None: () => Faults.NoValueWeights(Path, Tensor),
        Some: value => Door.Require(
            Matrices.Count == 1 && Matrices.Head.Columns == value.Columns && tokens.ForAll(count => Matrices.Head.Rows == count),
            () => Bad($"[{tokens.Map(count => $"{count}").IfNone("n")}, {value.Columns}], the heads side by side before the output projection")));

    private Fin<Unit> StreamShape(AttentionLayer layer) =>
        from value in layer.Value.ToFin(Faults.NoValueWeights(Path, Tensor))
        from shaped in Door.Require(
            Matrices.Count == 1 && Matrices.Head.Columns == layer.D, () => Bad($"[n, {layer.D}], the residual stream after attention"))
        let rows = layer.OutputProjection.Map(projection => projection.Rows).IfNone(layer.D)
        from carried in Door.Require(
            value.Columns == rows, () => Faults.NoStream(Path, Tensor, $"value weights of {value.Columns} columns do not meet an output projection of {rows} rows"))
        select unit;

    private Fin<Unit> Positions(Option<Vocabulary> vocabulary) => vocabulary.Bind(known => known.Positions).Match(
        None: () => unit,
        Some: positions => Door.Require(
            Matrices.ForAll(map => map.Rows <= positions.Rows),
            () => Faults.TooManyTokens(Path, Tensor, Matrices.Head.Rows, positions.Rows)));

    private Matrix Canonical(AttentionLayer layer, Matrix matrix) => Observation switch
    {
        // Frameworks write the mask as −∞, as the lowest finite number, or not at all: one form from here on.
        Observation.Scores when layer.Mask == Mask.Causal =>
            Matrix.Create(matrix.Rows, matrix.Columns, (i, j) => j > i ? double.NegativeInfinity : matrix[i, j]),
        Observation.Output => ValueBias.Off(matrix, layer, None),
        _ => matrix,
    };

    private Error Bad(string expected) => Faults.BadShape(
        Path, Tensor, Matrices.IsEmpty ? "[0]" : $"[{Matrices.Count}, {Matrices.Head.Rows}, {Matrices.Head.Columns}]", expected);
}
