using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The tensor of a projection and of its bias, with {layer} where the number of the layer goes.</summary>
internal sealed record GenericName(string Weight, Option<string> Bias);

/// <summary>
/// What the projections of a layer are called: three of them, or one <paramref name="Fused"/> tensor, all queries before all keys and values or
/// <paramref name="HeadByHead"/>. Weights are [out, in] where <paramref name="OutputsFirst"/>, else [in, out].
/// </summary>
internal sealed record GenericNames(
    GenericName Query, GenericName Key, Option<GenericName> Value, Option<GenericName> Fused, bool HeadByHead, bool OutputsFirst)
{
    /// <summary>The projection from the heads to the stream.</summary>
    public Option<GenericName> Output { get; init; }

    public const string Layer = "{layer}";

    private static readonly GenericName Nothing = new("", None);

    public static Seq<string> Keys { get; } = Seq(
        "weights", "query", "key", "value", "query_bias", "key_bias", "value_bias", "qkv", "qkv_bias", "qkv_layout", "output", "output_bias");

    public static Fin<GenericNames> Read(JsonFields json, int layers, HeadShape heads) =>
        from order in json.Word("weights", ("out_in", true), ("in_out", false))
        from names in json.Get("qkv").IsSome ? One(json, layers, heads) : Three(json, layers)
        from output in json.IfAny("output", key => Name(json, key, layers))
        select names with { OutputsFirst = order, Output = output };

    private static Fin<GenericNames> One(JsonFields json, int layers, HeadShape heads) =>
        from layout in json.Get("qkv_layout").IsNone ? false : json.Word("qkv_layout", ("blocks", false), ("heads", true))
        from even in Door.Require(!layout || heads.Keys == heads.Heads, () => json.Bad("qkv_layout", "can be heads only where key_heads is heads"))
        from fused in Name(json, "qkv", layers)
        select new GenericNames(Nothing, Nothing, None, fused, layout, true);

    private static Fin<GenericNames> Three(JsonFields json, int layers) =>
        (Name(json, "query", layers).Check(), Name(json, "key", layers).Check(), json.IfAny("value", key => Name(json, key, layers)).Check())
            .Apply((query, key, value) => new GenericNames(query, key, value, None, false, true)).Enter();

    private static Fin<GenericName> Name(JsonFields json, string key, int layers) =>
        (Template(json, key, layers).Check(), json.IfAny($"{key}_bias", bias => Template(json, bias, layers)).Check())
            .Apply((weight, bias) => new GenericName(weight, bias)).Enter();

    private static Fin<string> Template(JsonFields json, string key, int layers) =>
        from name in json.Text(key)
        from numbered in Door.Require(layers == 1 || name.Contains(Layer, StringComparison.Ordinal), () =>
            json.Bad(key, $"must hold {Layer}, where the number of the layer goes"))
        select name;
}
