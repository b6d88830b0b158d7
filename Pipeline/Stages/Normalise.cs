using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline;

/// <summary>
/// The second stage: a capture (or plain matrices) and a layer become one problem. Everything solvers rely on is checked here, and all that
/// is wrong is reported at once (2xx), with file, tensor, head and row.
/// </summary>
public static class Normalise
{
    /// <summary>
    /// Chooses the layer (the lowest captured), what was observed (attention before scores before the residual stream before the output, by what the
    /// file holds) and the precision (told from the values) unless they are given, and checks the capture against the model.
    /// The value bias is taken off an output, a residual stream takes the layer's norm and output projection from the whole model, and causal scores hold −∞ above the diagonal; the vocabulary, known columns and what stands before
    /// the layer are handed on for layer 0 only.
    /// </summary>
    public static Fin<Problem> Problem(
        Checkpoint checkpoint,
        Capture capture,
        Option<int> layer = default,
        Option<Observation> observe = default,
        Option<Precision> precision = default) => Problem(checkpoint, capture, new Selection(layer, observe, precision));

    /// <summary>
    /// The same, with everything that can be chosen. An output that was captured with the maps is put beside them if that is asked for, or if nothing is
    /// said of what to observe; maps of some heads make a layer of these.
    /// </summary>
    public static Fin<Problem> Problem(Checkpoint checkpoint, Capture capture, Selection selection) =>
        from captured in Captured(capture, selection.Layer)
        from known in Door.Both(Known(checkpoint, capture, captured.Layer), Seen.Of(capture, captured, selection))
        let vocabulary = captured.Layer == 0 ? checkpoint.Vocabulary.Map(all => From(all, capture.FirstPosition)) : None
        let streamed = known.Second.Observation == Observation.Residual
        from layer in streamed ? StreamLayer.Of(checkpoint, known.First, known.Second.Path, known.Second.Tensor) : known.First
        let centred = streamed ? StreamLayer.Centred(layer, known.Second) : None
        from some in SomeHeads.Of(centred.IfNone(layer), known.Second, streamed ? None : captured.Heads)
        from problem in some.Seen.Against(some.Layer, Name(checkpoint, capture, captured.Layer), vocabulary, selection.Precision)
        select (captured.Layer == 0 && !streamed ? Before(checkpoint, capture, problem) : problem) with
        {
            Centred = centred.IsSome,
            KnownTokens = checkpoint.Vocabulary.Map(tokens => tokens.Known).IfNone(Map<int, int>()),

            Model = captured.Layer > 0 || streamed ? Some(() => checkpoint.Transformer.Map(model => From(model, capture.FirstPosition))) : None,
        };

    /// <summary>A problem with columns of X that the user knows; they must be of its size.</summary>
    public static Func<Problem, Fin<Problem>> Knowing(KnownColumns known) => problem =>
        from width in Door.Require(
            known.States.Columns == problem.Dims.D,
            () => Faults.BadKnown(known.Path, "states", $"have {known.States.Columns} entries each where this problem has d={problem.Dims.D}"))
        from inside in Door.Require(
            known.Positions.ForAll(position => position < problem.Dims.N),
            () => Faults.BadKnown(known.Path, "positions", $"reach beyond the {problem.Dims.N} tokens of this problem, counted from 0"))
        select problem with
        {
            Known = toSeq(known.Positions.Select((position, k) => (position, toSeq(known.States.Row(k).ToArray()))))
                .Fold(problem.Known, (sofar, column) => sofar.AddOrUpdate(column.position, column.Item2)),
        };

    /// <summary>
    /// A problem with tokens that the user knows, each an id or a piece exactly as the vocabulary has it. A search holds them fixed; at layer 0 they are
    /// known columns of X as well.
    /// </summary>
    public static Func<Problem, Fin<Problem>> Knowing(Checkpoint checkpoint, Seq<(int Position, string Token)> tokens) => problem =>
        KnownTokens.Within(checkpoint, problem, tokens);

    /// <summary>The same for plain matrices: <paramref name="target"/> is what <paramref name="weights"/> would show of some X (d×n).</summary>
    /// <param name="scale">s in S = s·XᵀWX.</param>
    public static Fin<Problem> Matrices(
        Weights weights, Target target, Observation observation, Mask mask, double scale, Option<Precision> precision) =>
        from checks in Door.Both(Weighty(weights), Scale(weights, scale))
        let layer = new AttentionLayer(0, weights.D, weights.Heads, mask, scale, None)
        {
            Value = weights.Value,
            ValueBias = weights.ValueBias,
            OutputProjection = weights.OutputProjection,
            OutputBias = weights.OutputBias,
        }
        from problem in new Observed(target.Path, target.Name, observation, target.Matrices, target.Precision)
            .Against(layer, target.Name, None, precision)
        select problem;

    private static Fin<LayerCapture> Captured(Capture capture, Option<int> layer) => layer.Match(
        None: () => toSeq(capture.Layers.OrderBy(one => one.Layer)).HeadOrNone().ToFin(Faults.NothingCaptured(capture.Path, Seq<string>())),
        Some: wanted => capture.Layers.Find(one => one.Layer == wanted)
            .ToFin(Faults.LayerNotCaptured(capture.Path, wanted, capture.Layers.Map(one => one.Layer))));

    private static Fin<AttentionLayer> Known(Checkpoint checkpoint, Capture capture, int layer) =>
        from known in checkpoint.Layers.Find(one => one.Index == layer)
            .ToFin(Faults.LayerNotInModel(capture.Path, layer, checkpoint.Name, checkpoint.Layers.Count))
        from fits in Short(checkpoint, capture, layer)
        select known;

    // A front end is made for so many tokens; where there is a vocabulary, its positions are asked with the shapes.
    private static Fin<Unit> Short(Checkpoint checkpoint, Capture capture, int layer) =>
        (from front in checkpoint.FrontEnd.ToSeq()
         from positions in checkpoint.Positions.ToSeq()
         from captured in capture.Layers.Filter(one => one.Layer == layer)
         from seen in captured.Kinds
         from matrix in seen.Matrices.HeadOrNone().ToSeq()
         select Door.Require(
             matrix.Rows <= positions,
             () => Faults.TooManyTokens(capture.Path, CaptureNames.Of(seen.Kind, layer), matrix.Rows, positions)))
        .HeadOrNone().IfNone(unit);

    // Where padding was cut off, tokens are counted without it; say which they are in the file.
    private static string Name(Checkpoint checkpoint, Capture capture, int layer) => $"{checkpoint.Name} layer {layer}"
        + capture.Kept.Map(kept => $", tokens {kept.First} to {kept.First + kept.Count - 1} of {kept.Of} without padding").IfNone("");

    private static Vocabulary From(Vocabulary all, int first) => all with { Positions = all.Positions.Map(table => From(table, first)) };

    // Learned positions alone: rotary ones are seen only as differences.
    private static Transformer From(Transformer model, int first) => model with
    {
        Tokens = model.Tokens.Map(tokens => tokens with { Positions = tokens.Positions.Map(table => From(table, first)) }),
    };

    private static Matrix From(Matrix table, int first) =>
        first == 0 ? table : Matrix.Create(Math.Max(0, table.Rows - first), table.Columns, (i, j) => table[first + i, j]);

    // A class token has the position it was trained with.
    private static Problem Before(Checkpoint checkpoint, Capture capture, Problem problem) => capture.FirstPosition > 0 ? problem : problem with
    {
        Known = checkpoint.Known.Filter((token, _) => token < problem.Dims.N),
        FrontEnd = checkpoint.FrontEnd.Map(of => of(problem.Dims.N)),
    };

    private static Fin<Unit> Weighty(Weights weights) => Door.Require(
        weights.Heads.ForAll(Finite) && Seq(weights.Value, weights.OutputProjection).Somes().ForAll(matrix => matrix.AllFinite())
            && Seq(weights.ValueBias, weights.OutputBias).Somes().ForAll(bias => bias.ForAll(double.IsFinite)),
        () => Faults.BadWeights(weights.Path, "every weight must be a finite number"));

    private static bool Finite(Head head) =>
        head.Query.AllFinite() && head.Key.AllFinite() && Seq(head.QueryBias, head.KeyBias).Somes().ForAll(bias => bias.ForAll(double.IsFinite));

    private static Fin<Unit> Scale(Weights weights, double scale) => Door.Require(
        double.IsFinite(scale) && scale != 0,
        () => Faults.BadWeights(weights.Path, "the scale must be a finite number other than 0"));
}
