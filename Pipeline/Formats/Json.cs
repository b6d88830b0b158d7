using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>JSON text to a checked tree.</summary>
internal static class Json
{
    public static Fin<JsonFields> Read(string path) => Files.Bytes(path).Bind(bytes => Parse(path, bytes));

    /// <summary>An object, all of whose strings are valid text; anything else is a failure that names the file (209).</summary>
    public static Fin<JsonFields> Parse(string path, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement.Clone();
            DecodeAllText(root);
            return root.ValueKind == JsonValueKind.Object ? new JsonFields(path, "", root) : Faults.BadJson(path, "an object is expected");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return Faults.BadJson(path, error.Message);
        }
    }

    // A lone surrogate such as "\ud800" parses but throws when it is read as text: find it here, once.
    private static void DecodeAllText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) DecodeAllText(item);
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
            {
                _ = property.Name;
                DecodeAllText(property.Value);
            }
    }
}
