using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>One line of a safetensors header: the numbers lie at bytes <paramref name="Begin"/>..<paramref name="End"/> of the data.</summary>
internal sealed record SafetensorsEntry(string Name, DType Type, Seq<long> Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, checked against the length of the data behind it.</summary>
internal static class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";

    /// <summary>Every rule is asked of every entry, so that all that is broken is named at once.</summary>
    public static Fin<(Seq<SafetensorsEntry> Entries, Map<string, string> Metadata)> Parse(string path, ReadOnlyMemory<byte> json, long dataLength) =>
        from fields in Json.Parse(path, json)
        let tensors = fields.Keys.Filter(key => key != MetadataKey).Strict()
        from _ in Door.Unique(tensors, name => Faults.DuplicateTensor(path, name))
        from entries in tensors.Map(name => Entry(path, name, fields.Element.GetProperty(name))).All()
        from whole in Whole(path, entries, dataLength)
        from tiled in Tiled(path, whole, dataLength)
        select (tiled, Metadata(fields));

    // Text by the format's own rule; nothing depends on what is something else.
    private static Map<string, string> Metadata(JsonFields fields) => fields.Get(MetadataKey).Filter(element => element.ValueKind == JsonValueKind.Object)
        .Map(element => toSeq(element.EnumerateObject()).Filter(property => property.Value.ValueKind == JsonValueKind.String)
            .Fold(Map<string, string>(), (sofar, property) => sofar.AddOrUpdate(property.Name, property.Value.GetString()!)))
        .IfNone(Map<string, string>());

    private static Fin<SafetensorsEntry> Entry(string path, string name, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return Faults.BadTensor(path, name, "is described by something other than an object");
        var fields = new JsonFields(path, $"{name}.", element);
        return from parts in (Label(fields).Check(), Longs(fields, "shape").Check(), Longs(fields, "data_offsets").Check())
                   .Apply((label, shape, offsets) => (label, shape, offsets)).Enter()
               from type in DType.OfSafetensors(parts.label).Match(
                   Some: FinSucc,
                   None: () => Faults.UnreadableType(path, name, parts.label, "save it as F64, F32, F16 or BF16"))
               from count in Shape.Count(parts.shape).Match(
                   Some: FinSucc,
                   None: () => Faults.BadTensor(path, name, $"has the impossible shape {Shape.Text(parts.shape)}"))
               let entry = new SafetensorsEntry(name, type, parts.shape, At(parts.offsets, 0), At(parts.offsets, 1))
               from placed in Placed(path, entry, count)
               select placed;
    }

    private static Fin<SafetensorsEntry> Placed(string path, SafetensorsEntry entry, long count) =>
        entry switch
        {
            { Begin: < 0 } or { End: < 0 } => Faults.BadTensor(path, entry.Name, "must have data_offsets [begin, end]"),
            { Begin: var begin, End: var end } when begin > end =>
                Faults.BadTensor(path, entry.Name, $"ends at byte {end} before it begins at {begin}"),
            { Begin: var begin, End: var end, Type: var type } when end - begin != count * type.Width =>
                Faults.BadTensor(path, entry.Name, $"has {end - begin} bytes where {type} {Shape.Text(entry.Shape)} takes {count * type.Width}"),
            _ => entry,
        };

    // A file that was cut short misses all tensors behind the cut: one thing is wrong, so it is said once, of the first of them.
    private static Fin<Seq<SafetensorsEntry>> Whole(string path, Seq<SafetensorsEntry> entries, long dataLength)
    {
        var beyond = entries.Filter(entry => entry.End > dataLength).OrderBy(entry => entry.Begin).ToSeq();
        return beyond.IsEmpty ? entries : Faults.Cut(path, beyond.Head.Name, beyond.Head.End, dataLength, beyond.Count - 1);
    }

    // The format demands that the tensors fill the data without gap or overlap: a byte that belongs to none could hide anything.
    private static Fin<Seq<SafetensorsEntry>> Tiled(string path, Seq<SafetensorsEntry> entries, long dataLength)
    {
        var next = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < next) return Faults.BadTensor(path, entry.Name, $"overlaps the one before it, which ends at byte {next}");
            if (entry.Begin > next)
                return Faults.BadTensor(path, entry.Name, $"leaves {entry.Begin - next} bytes before it that belong to no tensor");
            next = entry.End;
        }

        return next == dataLength ? entries : Faults.TrailingBytes(path, dataLength - next);
    }

    private static Fin<string> Label(JsonFields fields) => fields.Text("dtype");

    private static Fin<Seq<long>> Longs(JsonFields fields, string key) =>
        fields.Items(key).Bind(items => items
            .Map(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value) && value >= 0
                ? FinSucc(value)
                : fields.Bad(key, "must hold whole numbers that are not negative"))
            .All());

    private static long At(Seq<long> offsets, int index) => offsets.Count == 2 ? offsets[index] : -1;
}
