namespace Unmask.Pipeline.Formats;

/// <summary>Everything that a file holds of one layer, put together.</summary>
internal static class CapturedLayer
{
    public static Fin<LayerCapture> Of(int layer, Seq<CapturedTensor> tensors, SideTensors sides) =>
        from parts in (Maps(tensors, Observation.Scores, sides).Check(), Maps(tensors, Observation.Attention, sides).Check(),
                Rows(tensors, Observation.Output).Check(), Rows(tensors, Observation.Residual).Check())
            .Apply((scores, attention, output, residual) => (Scores: scores, Attention: attention, Output: output, Residual: residual))
            .Enter()
        let kinds = Seq(parts.Attention, parts.Scores).Somes()
        from alike in Alike(tensors, kinds, Seq(parts.Output, parts.Residual).Somes().Map(rows => rows.Values.Rows))
        select new LayerCapture(
            layer,
            parts.Scores.Map(kind => kind.Maps).IfNone(Seq<Matrix>()),
            parts.Attention.Map(kind => kind.Maps).IfNone(Seq<Matrix>()),
            parts.Output.Map(output => output.Values))
        {
            Residual = parts.Residual.Map(residual => residual.Values),
            Tensors = toMap(Seq(
                parts.Attention.Map(kind => (Observation.Attention, kind.Tensor)),
                parts.Scores.Map(kind => (Observation.Scores, kind.Tensor)),
                parts.Output.Map(output => (Observation.Output, output.Tensor)),
                parts.Residual.Map(residual => (Observation.Residual, residual.Tensor))).Somes()),
            Heads = kinds.HeadOrNone().Bind(kind => kind.Heads),
            Averaged = tensors.Exists(one => one.Name.Averaged),
            Absent = parts.Attention.Map(kind => kind.Absent).IfNone(Seq<int>()),
        };

    private static Fin<Option<CapturedMaps>> Maps(Seq<CapturedTensor> tensors, Observation kind, SideTensors sides) =>
        CapturedMaps.Of(tensors.Filter(one => one.Kind == kind), sides);

    private static Fin<Option<(string Tensor, Matrix Values)>> Rows(Seq<CapturedTensor> tensors, Observation kind)
    {
        var those = tensors.Filter(one => one.Kind == kind);
        return those.IsEmpty ? Option<(string, Matrix)>.None
            : those.Count > 1
                ? Faults.CapturedTwice(those.Head.Tensor.File, CaptureNames.Of(kind, those.Head.Layer), those.Map(one => one.Tensor.Name))
            : those.Head.Rows().Map(values => Some((those.Head.Tensor.Name, values)));
    }

    // What is seen of one layer is seen of the same heads and tokens.
    private static Fin<Unit> Alike(Seq<CapturedTensor> tensors, Seq<CapturedMaps> kinds, Seq<int> rows)
    {
        var tokens = kinds.Map(kind => kind.Maps.Head.Rows).Append(rows);
        return Door.Require(
            kinds.ForAll(kind => kind.Heads == kinds.Head.Heads) && tokens.ForAll(count => count == tokens.Head),
            () => Faults.StepsDisagree(
                tensors.Head.Tensor.File, tensors.Last.Tensor.Name, $"is not of the same heads and tokens as {tensors.Head.Tensor.Name}"));
    }
}
