using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// A page of BertViz's head_view or model_view: the maps stand in it as JSON, attention[].attn = [layers][heads][n][n], numbers as printed. The
/// tokens stand beside them, and nobody reads them here.
/// </summary>
internal static class BertViz
{
    private static ReadOnlySpan<byte> Key => "\"attention\""u8;

    /// <summary>The maps as tensors attentions.N.</summary>
    public static Fin<Seq<NamedTensor>> Open(string path) =>
        from bytes in Files.Bytes(path)
        from parameters in Parameters(path, bytes)
        from maps in Everything(path, parameters)
        from layers in Arrays(path, maps, "attn")
        let numbers = Included(parameters, layers.Count)
        from tensors in layers.Zip(numbers).Map(pair => Layer(path, $"attentions.{pair.Item2}", pair.Item1)).All()
        select tensors;

    /// <summary>Whether a file begins as a page does.</summary>
    public static bool Begins(ReadOnlySpan<byte> start)
    {
        var text = start.TrimStart("\uFEFF \t\r\n"u8);
        return text.Length > 0 && text[0] == '<';
    }

    // json.dumps put the object into a script: it begins at the brace before its first key and ends where it ends.
    private static Fin<JsonElement> Parameters(string path, byte[] bytes)
    {
        for (var at = bytes.AsSpan().IndexOf(Key); at >= 0;)
        {
            var before = bytes.AsSpan(0, at).TrimEnd(" \t\r\n"u8);
            if (before.Length > 0 && before[^1] == '{') return Parse(path, bytes.AsSpan(before.Length - 1));
            var next = bytes.AsSpan(at + 1).IndexOf(Key);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return Faults.NoBertViz(path, "no attention maps of BertViz are in it");
    }

    private static Fin<JsonElement> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            return Faults.BadJson(path, error.Message);
        }
    }

    // Pairs of sentences come once whole and once in parts; an encoder and decoder come apart. Older versions wrote an object, not a list.
    private static Fin<JsonElement> Everything(string path, JsonElement parameters)
    {
        var views = parameters.GetProperty("attention") is { ValueKind: JsonValueKind.Array } list
            ? toSeq(list.EnumerateArray()).Filter(view => view.ValueKind == JsonValueKind.Object && (list.GetArrayLength() == 1 || IsWhole(view))).Strict()
            : parameters.GetProperty("attention") is { ValueKind: JsonValueKind.Object } named && named.TryGetProperty("all", out var all)
                ? Seq1(all).Filter(view => view.ValueKind == JsonValueKind.Object).Strict()
                : Seq<JsonElement>();
        return views.Choose(view => view.TryGetProperty("attn", out var maps) ? Some(maps) : None).HeadOrNone()
            .ToFin(Faults.NoBertViz(path, "none of its views shows all tokens attending to all"));
    }

    private static bool IsWhole(JsonElement view) => !view.TryGetProperty("name", out var name)
        || name.ValueKind == JsonValueKind.Null || (name.ValueKind == JsonValueKind.String && name.ValueEquals("All"u8));

    private static Seq<int> Included(JsonElement parameters, int count)
    {
        var listed = parameters.TryGetProperty("include_layers", out var list) && list.ValueKind == JsonValueKind.Array
            ? toSeq(list.EnumerateArray()).Choose(JsonFields.AsInteger).Filter(layer => layer >= 0).Strict()
            : Seq<int>();
        return listed.Count == count && listed.Distinct().Count == count ? listed : toSeq(Enumerable.Range(0, count)).Strict();
    }

    private static Fin<NamedTensor> Layer(string path, string name, JsonElement layer) =>
        from heads in Arrays(path, layer, name)
        from rows in heads.Map(head => Arrays(path, head, name)).All()
        from numbers in rows.Bind(identity).Map(row => Numbers(path, name, row)).All()
        let shape = Seq(heads.Count, rows.Head.Count, numbers.Head.Length)
        from even in Door.Require(
            rows.ForAll(head => head.Count == shape[1]) && numbers.ForAll(row => row.Length == shape[2]),
            () => Faults.BadTensor(path, name, "has rows of different lengths"))
        let values = numbers.SelectMany(identity).ToArray()
        select new NamedTensor(path, name, DType.F64, shape.Map(length => (long)length).Strict(), () => values);

    private static Fin<Seq<JsonElement>> Arrays(string path, JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0
            ? toSeq(element.EnumerateArray()).Strict()
            : Faults.BadTensor(path, name, "is not nested as [layers][heads][rows][columns]");

    private static Fin<double[]> Numbers(string path, string name, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() == 0) return Faults.BadTensor(path, name, "has a row that is none");
        var values = new double[row.GetArrayLength()];
        var at = 0;
        foreach (var item in row.EnumerateArray())
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out values[at++]))
                return Faults.BadTensor(path, name, "holds something that is no number");
        return values;
    }
}
