namespace Unmask.Pipeline;

/// <summary>
/// The second stage: a capture (or plain matrices) and a layer become one problem. Everything solvers rely on is checked here, and all that
/// is wrong is reported at once (2xx), with file, tensor, head and row.
/// </summary>
public static class Normalise
{
    /// <summary>
    /// Chooses the layer (the lowest captured), what was observed (attention before scores before output, by what the file holds) and the
    /// precision (told from the values) unless they are given, and checks the capture against the model.
    /// The value bias is taken off an output, and causal scores hold −∞ above the diagonal; the vocabulary is handed on for layer 0 only.
    /// </summary>
    public static Fin<Problem> Problem(
        Checkpoint checkpoint,
        Capture capture,
        Option<int> layer = default,
        Option<Observation> observe = default,
        Option<Precision> precision = default) =>
        from captured in Captured(capture, layer)
        from both in Door.Both(Known(checkpoint, capture, captured.Layer), Seen(capture, captured, observe))
        from problem in both.Second.Against(
            both.First,
            $"{checkpoint.Name} layer {captured.Layer}",
            captured.Layer == 0 ? checkpoint.Vocabulary : None,
            precision)
        select problem;

    /// <summary>The same for plain matrices: <paramref name="target"/> is what <paramref name="weights"/> would show of some X (d×n).</summary>
    /// <param name="scale">s in S = s·XᵀWX.</param>
    public static Fin<Problem> Matrices(
        Weights weights, Target target, Observation observation, Mask mask, double scale, Option<Precision> precision) =>
        from checks in Door.Both(Weighty(weights), Scale(weights, scale))
        let layer = new AttentionLayer(0, weights.D, weights.Heads, mask, scale, None) { Value = weights.Value }
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
         from seen in Seq((Observation.Attention, captured.Attention), (Observation.Scores, captured.Scores), (Observation.Output, captured.Output.ToSeq()))
         from matrix in seen.Item2.HeadOrNone().ToSeq()
         select Door.Require(
             matrix.Rows <= positions,
             () => Faults.TooManyTokens(capture.Path, CaptureNames.Of(seen.Item1, layer), matrix.Rows, positions)))
        .HeadOrNone().IfNone(unit);

    private static Fin<Observed> Seen(Capture capture, LayerCapture captured, Option<Observation> observe)
    {
        var present = Seq(
                (Observation.Attention, captured.Attention),
                (Observation.Scores, captured.Scores),
                (Observation.Output, captured.Output.ToSeq()))
            .Filter(seen => !seen.Item2.IsEmpty)
            .Map(seen => new Observed(capture.Path, CaptureNames.Of(seen.Item1, captured.Layer), seen.Item1, seen.Item2, capture.Precision))
            .Strict();
        return present.Find(seen => observe.ForAll(wanted => seen.Observation == wanted)).ToFin(Faults.NotObserved(
            capture.Path, CaptureNames.Of(observe.IfNone(Observation.Attention), captured.Layer), present.Map(seen => seen.Tensor)));
    }

    private static Fin<Unit> Weighty(Weights weights) => Door.Require(
        weights.Heads.ForAll(Finite) && weights.Value.ForAll(value => value.AllFinite()),
        () => Faults.BadWeights(weights.Path, "every weight must be a finite number"));

    private static bool Finite(Head head) =>
        head.Query.AllFinite() && head.Key.AllFinite() && Seq(head.QueryBias, head.KeyBias).Somes().ForAll(bias => bias.ForAll(double.IsFinite));

    private static Fin<Unit> Scale(Weights weights, double scale) => Door.Require(
        double.IsFinite(scale) && scale != 0,
        () => Faults.BadWeights(weights.Path, "the scale must be a finite number other than 0"));
}
