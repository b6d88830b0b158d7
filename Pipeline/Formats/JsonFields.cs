using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>The fields of a JSON object, each read as the type it must have; a failure names the file and the whole key.</summary>
internal sealed record JsonFields(string Path, string Prefix, JsonElement Element)
{
    public Seq<string> Keys => toSeq(Element.EnumerateObject().Select(property => property.Name)).Strict();

    /// <summary>The value under a key; none where it is absent or null.</summary>
    public Option<JsonElement> Get(string key) =>
        Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : None;

    public Fin<int> Count(string key) => Required(key, "must be a positive integer", AsCount);

    public Fin<int> CountOr(string key, int fallback) => Or(key, fallback, Count);

    public Fin<double> Number(string key) => Required(key, "must be a number", AsNumber);

    public Fin<double> NumberOr(string key, double fallback) => Or(key, fallback, Number);

    public Fin<bool> FlagOr(string key, bool fallback) => Or(key, fallback, k => Required(k, "must be true or false", AsFlag));

    public Fin<string> Text(string key) => Required(key, "must be a string", AsText);

    public Fin<string> TextOr(string key, string fallback) => Or(key, fallback, Text);

    public Fin<JsonFields> Object(string key) =>
        Required(key, "must be an object", e => e.ValueKind == JsonValueKind.Object ? Some(Inner(key, e)) : None);

    public Fin<Seq<JsonElement>> Items(string key) =>
        Required(key, "must be an array", e => e.ValueKind == JsonValueKind.Array ? Some(toSeq(e.EnumerateArray()).Strict()) : None);

    /// <summary>The objects of an array; an absent one is empty.</summary>
    public Fin<Seq<JsonFields>> Objects(string key) =>
        Get(key).IsNone
            ? Seq<JsonFields>()
            : Items(key).Bind(items => items
                .Select((e, i) => e.ValueKind == JsonValueKind.Object ? FinSucc(Inner($"{key}[{i}]", e)) : Bad(key, "must hold objects only"))
                .All());

    /// <summary>What is read under a key, where it is there.</summary>
    public Fin<Option<A>> IfAny<A>(string key, Func<string, Fin<A>> read) => Get(key).IsNone ? Option<A>.None : read(key).Map(Some);

    /// <summary>One of the given words.</summary>
    public Fin<A> Word<A>(string key, params (string Word, A Value)[] words) =>
        from text in Text(key)
        from word in toSeq(words).Find(one => one.Word == text).ToFin(Bad(key, $"must be {string.Join(" or ", words.Select(one => one.Word))}"))
        select word.Value;

    /// <summary>No key beside these.</summary>
    public Fin<Unit> Known(Seq<string> keys) =>
        Keys.Filter(key => !keys.Contains(key)).Map(key => Door.Require(false, () => Bad(key, $"is not known here (there is {string.Join(", ", keys)})")))
            .All().Map(_ => unit);

    public Error Bad(string key, string rule) => Faults.BadKey(Path, Prefix + key, rule);

    public static Option<int> AsInteger(JsonElement e) => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var value) ? value : None;

    private Fin<A> Required<A>(string key, string rule, Func<JsonElement, Option<A>> read) =>
        Get(key).Match(
            Some: value => read(value).Match(Some: FinSucc, None: () => Bad(key, rule)),
            None: () => Bad(key, "is missing"));

    private Fin<A> Or<A>(string key, A fallback, Func<string, Fin<A>> read) => Get(key).IsNone ? fallback : read(key);

    private JsonFields Inner(string key, JsonElement e) => new(Path, $"{Prefix}{key}.", e);

    private static Option<int> AsCount(JsonElement e) => AsInteger(e).Filter(value => value > 0);

    private static Option<double> AsNumber(JsonElement e) =>
        e.ValueKind == JsonValueKind.Number && e.TryGetDouble(out var value) && double.IsFinite(value) ? value : None;

    private static Option<bool> AsFlag(JsonElement e) =>
        e.ValueKind is JsonValueKind.True or JsonValueKind.False ? e.GetBoolean() : None;

    private static Option<string> AsText(JsonElement e) => e.ValueKind == JsonValueKind.String ? Optional(e.GetString()) : None;
}
