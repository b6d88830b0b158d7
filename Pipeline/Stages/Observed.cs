namespace Unmask.Pipeline;

/// <summary>Numbers that claim to be an observation of a layer, on their way through the door.</summary>
internal sealed record Observed(string Path, string Tensor, Observation Observation, Seq<Matrix> Matrices, Precision Stored)
{
    /// <summary>Checks shapes against the layer, then every entry, and brings the numbers into the form solvers expect.</summary>
    public Fin<Problem> Against(AttentionLayer layer, string name, Option<Vocabulary> vocabulary, Option<Precision> precision) =>
        from shaped in Shapes(layer, vocabulary)
        from dims in Dims.Of(layer.D, Matrices.Head.Rows)
        let rounding = precision.IfNone(() => PrecisionOf.Values(Matrices, Stored))
        from entries in EntryRules.Check(Path, Tensor, Matrices, Observation, layer.Mask, rounding)
        select new Problem(
            name, layer, dims, Observation, Matrices.Map(matrix => Canonical(layer, matrix)).Strict(), rounding, layer.Value, vocabulary);

    private Fin<Unit> Shapes(AttentionLayer layer, Option<Vocabulary> vocabulary) => Observation == Observation.Output
        ? OutputShape(layer)
        : Seq(
            Door.Require(Matrices.Count == layer.Heads.Count, () => Faults.HeadCount(Path, Tensor, Matrices.Count, layer.Heads.Count)),
            Door.Require(
                Matrices.ForAll(map => map.Rows == map.Columns && map.Rows == Matrices.Head.Rows),
                () => Bad("[heads, n, n], one square map per head")),
            Positions(vocabulary)).All().Map(_ => unit);

    private Fin<Unit> OutputShape(AttentionLayer layer) => layer.Value.Match(
        None: () => Faults.NoValueWeights(Path, Tensor),
        Some: value => Door.Require(
            Matrices.Count == 1 && Matrices.Head.Columns == value.Columns,
            () => Bad($"[n, {value.Columns}], the heads side by side before the output projection")));

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
        // Rows of P sum to one, so the value bias comes through unmixed: without it Y = P XᵀV.
        Observation.Output => layer.ValueBias.Match(
            Some: bias => Matrix.Create(matrix.Rows, matrix.Columns, (i, j) => matrix[i, j] - bias[j]),
            None: () => matrix),
        _ => matrix,
    };

    private Error Bad(string expected) => Faults.BadShape(
        Path, Tensor, Matrices.IsEmpty ? "[0]" : $"[{Matrices.Count}, {Matrices.Head.Rows}, {Matrices.Head.Columns}]", expected);
}
