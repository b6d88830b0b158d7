using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// The rotary entry of unmask.json: theta, pairs (halves or neighbours), the width that turns, and a scaling as in a config's rope_scaling.
/// </summary>
internal static class GenericRotary
{
    private static readonly Seq<string> Keys = Seq("theta", "pairs", "width", "scaling");

    public static Fin<Lazy<Rotary>> Read(JsonFields json, int headWidth) =>
        from read in (json.Known(Keys).Check(), json.Number("theta").Check(), json.CountOr("width", headWidth).Check(),
                json.Word("pairs", ("halves", RotaryPairs.Halves), ("neighbours", RotaryPairs.Neighbours)).Check(),
                json.IfAny("scaling", key => json.Object(key).Bind(RotaryConfig.Scale)).Check())
            .Apply((_, theta, width, pairs, scaling) => (theta, width, pairs, scaling)).Enter()
        from rules in Seq(
            Door.Require(read.theta > 0, () => json.Bad("theta", "must be positive")),
            Door.Require(
                read.width % 2 == 0 && read.width <= headWidth,
                () => json.Bad("width", $"must be even and at most head_dim {headWidth}"))).All()
        select new Lazy<Rotary>(() => new Rotary(
            Rotary.Of(read.theta, read.width).Frequencies.Map(read.scaling.IfNone(() => identity)).Strict(), read.pairs));
}
