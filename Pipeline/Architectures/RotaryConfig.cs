using System.Text.Json;
using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// Rotary frequencies as configs describe them. Older ones have rope_theta and rope_scaling beside the sizes, newer ones all of it inside
/// rope_parameters. docs/models.md (R1) to (R3).
/// </summary>
internal static class RotaryConfig
{
    private const string Understood = "default, linear or llama3";

    /// <summary>
    /// The rotation of heads of a width; the first partial_rotary_factor of their coordinates turn. Made when asked for: until a tensor has confirmed
    /// the width, it may be any number.
    /// </summary>
    public static Fin<Lazy<Rotary>> Read(JsonFields config, int width) =>
        from scaling in Scaling(config)
        from theta in Holder(scaling, config, "rope_theta").NumberOr("rope_theta", 10000)
        from part in Holder(scaling, config, "partial_rotary_factor").NumberOr("partial_rotary_factor", 1)
        from positive in Door.Require(theta > 0, () => config.Bad("rope_theta", "must be positive"))
        from some in Door.Require(part > 0 && part <= 1, () => config.Bad("partial_rotary_factor", "must be above 0 and at most 1"))
        let turning = (int)(width * part)
        from even in Door.Require(turning % 2 == 0, () => Faults.Indivisible(config.Path, "head_dim", turning, "the rotary pair", 2))
        from scale in scaling.Match(Scale, () => FinSucc<Func<double, double>>(identity))
        select new Lazy<Rotary>(() => new Rotary(Rotary.Of(theta, turning).Frequencies.Map(scale).Strict(), RotaryPairs.Halves));

    private static Fin<Option<JsonFields>> Scaling(JsonFields config) =>
        Seq("rope_parameters", "rope_scaling").Find(key => config.Get(key).IsSome)
            .Match(key => config.Object(key).Map(Some), () => Option<JsonFields>.None);

    private static JsonFields Holder(Option<JsonFields> scaling, JsonFields config, string key) =>
        scaling.Filter(fields => fields.Get(key).IsSome).IfNone(config);

    /// <summary>From a frequency to the scaled one.</summary>
    public static Fin<Func<double, double>> Scale(JsonFields rope) =>
        from flat in Door.Require(rope.Keys.ForAll(key => rope.Element.GetProperty(key).ValueKind != JsonValueKind.Object), () =>
            Faults.UnsupportedSetting(rope.Path, rope.Prefix.TrimEnd('.'), "different from layer to layer", "one set for all layers"))
        from type in rope.TextOr(rope.Get("rope_type").IsSome ? "rope_type" : "type", "default")
        from scale in type switch
        {
            "default" => FinSucc<Func<double, double>>(identity),
            "linear" => Positive(rope, "factor").Map(factor => (Func<double, double>)(frequency => frequency / factor)),
            "llama3" => Llama3(rope),
            _ => Faults.UnsupportedSetting(rope.Path, $"{rope.Prefix}rope_type", type, Understood),
        }
        select scale;

    // Short wavelengths stay, long ones are stretched, those between are blended: docs/models.md (R3).
    private static Fin<Func<double, double>> Llama3(JsonFields rope) =>
        from read in (Positive(rope, "factor").Check(), Positive(rope, "low_freq_factor").Check(), Positive(rope, "high_freq_factor").Check(),
                rope.Count("original_max_position_embeddings").Check())
            .Apply((factor, low, high, positions) => (factor, low, high, positions)).Enter()
        from apart in Door.Require(read.high > read.low, () => rope.Bad("high_freq_factor", "must be above low_freq_factor"))
        select (Func<double, double>)(frequency =>
        {
            var turns = read.positions * frequency / (2 * Math.PI);
            var kept = Math.Clamp((turns - read.low) / (read.high - read.low), 0, 1);
            return (1 - kept) * frequency / read.factor + kept * frequency;
        });

    private static Fin<double> Positive(JsonFields rope, string key) =>
        from value in rope.Number(key)
        from positive in Door.Require(value > 0, () => rope.Bad(key, "must be positive"))
        select value;
}
