using System.Text.RegularExpressions;

namespace Unmask.Pipeline.Formats;

/// <summary>One step from pieces to text: takes the pieces as they are so far and returns them nearer to text.</summary>
internal delegate Seq<string> Decoder(Seq<string> pieces);

/// <summary>The decoders of tokenizer.json, each as the reference library defines it.</summary>
internal static class Decoders
{
    /// <summary>What the library does without a decoder: the pieces with a space between.</summary>
    public static Seq<string> Spaced(Seq<string> pieces) => Seq1(string.Join(' ', pieces));

    public static Fin<Decoder> Read(JsonFields fields) => fields.Text("type").Bind(type => type switch
    {
        "Sequence" => fields.Objects("decoders").Bind(parts => parts.Map(Read).All()).Map(Chain),
        "Replace" => Replace(fields),
        "Strip" => Strip(fields),
        "Fuse" => FinSucc<Decoder>(Fuse),
        "ByteFallback" => FinSucc<Decoder>(Bytes.Fallback),
        "ByteLevel" => FinSucc<Decoder>(Bytes.Level),
        "WordPiece" => from prefix in fields.TextOr("prefix", "##")
                       from cleanup in fields.FlagOr("cleanup", true)
                       select (Decoder)WordPiece.Decoder(prefix, cleanup),
        "BPEDecoder" => fields.TextOr("suffix", "</w>").Map(EndOfWord),
        "Metaspace" => Metaspace(fields),
        _ => Faults.UnsupportedTokenizer(fields.Path, "a decoder", type),
    });

    private static Decoder Chain(Seq<Decoder> parts) => pieces => parts.Fold(pieces, (sofar, part) => part(sofar));

    private static Seq<string> Fuse(Seq<string> pieces) => Seq1(string.Concat(pieces));

    private static Fin<Decoder> Replace(JsonFields fields) =>
        from content in fields.Text("content")
        from pattern in fields.Object("pattern")
        from regex in pattern.Get("String").IsSome
            ? pattern.Text("String").Map(text => new Regex(Regex.Escape(text), RegexOptions.CultureInvariant))
            : pattern.Text("Regex").Bind(text => Pattern(fields, text))
        select (Decoder)(pieces => pieces.Map(piece => regex.Replace(piece, _ => content)).Strict());

    private static Fin<Regex> Pattern(JsonFields fields, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return Faults.UnsupportedTokenizer(fields.Path, "a decoder", $"Replace with the pattern {pattern}");
        }
    }

    private static Fin<Decoder> Strip(JsonFields fields) =>
        from content in fields.Text("content")
        from _ in Door.Require(content.Length == 1, () => fields.Bad("content", "must be one character"))
        from start in Whole(fields, "start")
        from stop in Whole(fields, "stop")
        select (Decoder)(pieces => pieces.Map(piece => StripEnds(piece, content[0], start, stop)).Strict());

    private static Fin<int> Whole(JsonFields fields, string key) =>
        fields.Get(key).Bind(JsonFields.AsInteger).Filter(count => count >= 0).ToFin(fields.Bad(key, "must be a whole number, 0 or more"));

    private static string StripEnds(string piece, char c, int start, int stop)
    {
        var from = piece.TakeWhile((letter, i) => i < start && letter == c).Count();
        var rest = piece[from..];
        return rest[..^rest.Reverse().TakeWhile((letter, i) => i < stop && letter == c).Count()];
    }

    private static Decoder EndOfWord(string suffix) => pieces =>
        toSeq(pieces.Select((piece, i) => suffix.Length == 0 ? piece : Swap(piece, suffix, i == pieces.Count - 1 ? "" : " "))).Strict();

    // The marks of the first piece were put there by the encoder.
    private static Fin<Decoder> Metaspace(JsonFields fields) =>
        from mark in fields.TextOr("replacement", "▁")
        from scheme in fields.TextOr("prepend_scheme", "always")
        from nonempty in Door.Require(mark.Length > 0, () => fields.Bad("replacement", "must be one character"))
        select (Decoder)(pieces =>
            toSeq(pieces.Select((piece, i) => Swap(piece, mark, i == 0 && scheme != "never" ? "" : " "))).Strict());

    private static string Swap(string piece, string old, string replacement) => piece.Replace(old, replacement, StringComparison.Ordinal);
}
