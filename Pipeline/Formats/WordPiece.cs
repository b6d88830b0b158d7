namespace Unmask.Pipeline.Formats;

/// <summary>Whole words with a space before each; a piece that begins with the prefix continues the word before it.</summary>
internal static class WordPiece
{
    // The reference library's list, in its order, and two marks that it leaves apart although text is written with them as with the others.
    private static readonly Seq<(string Spaced, string Joined)> Joins = Seq(
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"),
        (" 've", "'ve"), (" 're", "'re"), (" ;", ";"), (" :", ":"));

    public static Decoder Decoder(string prefix, bool cleanup) => pieces =>
        toSeq(pieces.Select((piece, i) => i == 0 ? piece : Joined(piece, prefix)).Select(piece => cleanup ? Cleaned(piece) : piece)).Strict();

    private static string Joined(string piece, string prefix) =>
        piece.StartsWith(prefix, StringComparison.Ordinal) ? piece[prefix.Length..] : $" {piece}";

    private static string Cleaned(string piece) =>
        Joins.Fold(piece, (text, join) => text.Replace(join.Spaced, join.Joined, StringComparison.Ordinal));
}
