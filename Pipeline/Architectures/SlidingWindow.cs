using System.Text.Json;
using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>Which layers see only the last few tokens.</summary>
internal static class SlidingWindow
{
    // What Qwen2's own config class assumes.
    private const int UsualFirst = 28;

    /// <summary>
    /// The window of every layer: by layer_types where a config has them; otherwise of all layers for Mistral, and for Qwen2 from
    /// max_window_layers on where it is switched on.
    /// </summary>
    public static Fin<Func<int, Option<int>>> Read(JsonFields config, string type) =>
        config.Get("sliding_window").IsNone || type == "llama"
            ? FinSucc<Func<int, Option<int>>>(_ => None)
            : from window in config.Count("sliding_window")
              from used in config.FlagOr("use_sliding_window", type == "mistral")
              from first in config.NumberOr("max_window_layers", type == "qwen2" ? UsualFirst : 0)
              from types in config.Get("layer_types").IsNone ? Seq<JsonElement>() : config.Items("layer_types")
              let slides = (Func<int, bool>)(layer => types.IsEmpty ? layer >= first : layer < types.Count && IsSliding(types[layer]))
              select (Func<int, Option<int>>)(layer => used && slides(layer) ? window : None);

    private static bool IsSliding(JsonElement type) => type.ValueKind == JsonValueKind.String && type.GetString() == "sliding_attention";
}
