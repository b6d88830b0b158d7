namespace Unmask.Pipeline;

/// <summary>What is looked at of a captured layer.</summary>
internal static class Seen
{
    public static Fin<Observed> Of(Capture capture, LayerCapture captured, Selection selection)
    {
        var present = captured.Kinds
            .Map(seen => new Observed(capture.Path, Named(captured, seen.Kind), seen.Kind, seen.Matrices, capture.Precision)
            {
                Absent = captured.Absent,
                RowSums = selection.RowSums,
                Averaged = (captured.Averaged || selection.Averaged) && seen.Kind.IsOfMaps(),
            })
            .Strict();
        var output = Find(Observation.Output);
        return from maps in Find(selection.Observe).ToFin(Missing(selection.Observe.IfNone(Observation.Attention)))
               from beside in Door.Require(!selection.WithOutput || output.IsSome, () => Missing(Observation.Output))
               let taken = maps.Observation.IsOfMaps() && (selection.WithOutput || selection.Observe.IsNone)
               select taken ? maps with { Beside = output } : maps;

        Option<Observed> Find(Option<Observation> wanted) => present.Find(seen => wanted.ForAll(one => seen.Observation == one));

        Error Missing(Observation wanted) => Faults.NotObserved(capture.Path, CaptureNames.Of(wanted, captured.Layer), present.Map(seen => seen.Tensor));
    }

    private static string Named(LayerCapture captured, Observation observation) =>
        captured.Tensors.Find(observation).IfNone(() => CaptureNames.Of(observation, captured.Layer));
}
