namespace Unmask.Pipeline.Formats;

/// <summary>Everything that a file holds of one layer, put together.</summary>
internal static class CapturedLayer
{
    public static Fin<LayerCapture> Of(int layer, Seq<CapturedTensor> tensors, SideTensors sides) =>
        from parts in (Maps(tensors, Observation.Scores, sides).Check(), Maps(tensors, Observation.Attention, sides).Check(), Output(tensors).Check())
            .Apply((scores, attention, output) => (Scores: scores, Attention: attention, Output: output))
            .Enter()
        let kinds = Seq(parts.Attention, parts.Scores).Somes()
        from alike in Alike(tensors, kinds, parts.Output.Map(output => output.Values.Rows))
        select new LayerCapture(
            layer,
            parts.Scores.Map(kind => kind.Maps).IfNone(Seq<Matrix>()),
            parts.Attention.Map(kind => kind.Maps).IfNone(Seq<Matrix>()),
            parts.Output.Map(output => output.Values))
        {
            Tensors = toMap(Seq(
                parts.Attention.Map(kind => (Observation.Attention, kind.Tensor)),
                parts.Scores.Map(kind => (Observation.Scores, kind.Tensor)),
                parts.Output.Map(output => (Observation.Output, output.Tensor))).Somes()),
            Heads = kinds.HeadOrNone().Bind(kind => kind.Heads),
            Averaged = tensors.Exists(one => one.Name.Averaged),
            Absent = parts.Attention.Map(kind => kind.Absent).IfNone(Seq<int>()),
        };

    private static Fin<Option<CapturedMaps>> Maps(Seq<CapturedTensor> tensors, Observation kind, SideTensors sides) =>
        CapturedMaps.Of(tensors.Filter(one => one.Kind == kind), sides);

    private static Fin<Option<(string Tensor, Matrix Values)>> Output(Seq<CapturedTensor> tensors)
    {
        var outputs = tensors.Filter(one => one.Kind == Observation.Output);
        return outputs.IsEmpty ? Option<(string, Matrix)>.None
            : outputs.Count > 1
                ? Faults.CapturedTwice(outputs.Head.Tensor.File, CaptureNames.Of(Observation.Output, outputs.Head.Layer), outputs.Map(one => one.Tensor.Name))
            : outputs.Head.Output().Map(values => Some((outputs.Head.Tensor.Name, values)));
    }

    // What is seen of one layer is seen of the same heads and tokens.
    private static Fin<Unit> Alike(Seq<CapturedTensor> tensors, Seq<CapturedMaps> kinds, Option<int> outputs)
    {
        var tokens = kinds.Map(kind => kind.Maps.Head.Rows).Append(outputs.ToSeq());
        return Door.Require(
            kinds.ForAll(kind => kind.Heads == kinds.Head.Heads) && tokens.ForAll(count => count == tokens.Head),
            () => Faults.StepsDisagree(
                tensors.Head.Tensor.File, tensors.Last.Tensor.Name, $"is not of the same heads and tokens as {tensors.Head.Tensor.Name}"));
    }
}
