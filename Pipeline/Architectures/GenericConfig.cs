using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// unmask.json: sizes, names and what shapes the scores. Every key that is not known is a failure, since it was meant to say something.
/// </summary>
internal sealed record GenericConfig(
    int D, int LayerCount, HeadShape Heads, GenericNames Names, double Scale, Mask Mask, Option<int> Window, Option<Lazy<Rotary>> Rotary,
    Option<GenericVocabulary> Vocabulary)
{
    /// <summary>The norm before the projections of every layer.</summary>
    public Option<GenericNorm> Norm { get; init; }

    private static readonly Seq<string> Keys = Seq(
        "d", "layers", "heads", "key_heads", "head_dim", "scale", "mask", "window", "rotary", "norm", "vocabulary") + GenericNames.Keys;

    public static Fin<GenericConfig> Read(JsonFields json) =>
        from sizes in (json.Known(Keys).Check(), json.Count("d").Check(), json.Count("layers").Check(), json.Count("heads").Check())
            .Apply((_, d, layers, heads) => (d, layers, heads)).Enter()
        from heads in (json.CountOr("key_heads", sizes.heads).Check(), json.CountOr("head_dim", Math.Max(1, sizes.d / sizes.heads)).Check())
            .Apply((keys, width) => new HeadShape(sizes.heads, keys, width)).Enter()
        from grouped in Door.Require(heads.Heads % heads.Keys == 0, () =>
            Faults.Indivisible(json.Path, "heads", heads.Heads, "key_heads", heads.Keys))
        from parts in (GenericNames.Read(json, sizes.layers, heads).Check(), json.NumberOr("scale", 1 / Math.Sqrt(heads.Width)).Check(),
                json.Word("mask", ("causal", Mask.Causal), ("none", Mask.None)).Check(), json.IfAny("window", json.Count).Check(),
                json.IfAny("rotary", key => json.Object(key).Bind(rotary => GenericRotary.Read(rotary, heads.Width))).Check(),
                json.IfAny("vocabulary", key => json.Object(key).Bind(GenericVocabulary.Read)).Check())
            .Apply((names, scale, mask, window, rotary, vocabulary) => (names, scale, mask, window, rotary, vocabulary)).Enter()
        from norm in json.IfAny("norm", key => json.Object(key).Bind(fields => GenericNorm.Read(fields, optional: true)))
        from streamed in Door.Require(parts.names.Output.IsSome == norm.IsSome, () => json.Bad("norm", "and output stand together, kind none where a layer has no norm"))
        from scaled in Door.Require(parts.scale != 0, () => json.Bad("scale", "must not be 0"))
        select new GenericConfig(
            sizes.d, sizes.layers, heads, parts.names, parts.scale, parts.mask, parts.window, parts.rotary, parts.vocabulary)
        {
            Norm = norm,
        };
}
