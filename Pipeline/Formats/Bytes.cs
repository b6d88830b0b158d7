using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Unmask.Pipeline.Formats;

/// <summary>Pieces that stand for bytes, in the two ways that vocabularies write them.</summary>
internal static class Bytes
{
    private static readonly System.Collections.Generic.Dictionary<char, byte> ByteOf = Alphabet();

    /// <summary>&lt;0xNN&gt; is a byte. A run of them is UTF-8 text, or one replacement character for each byte where it is not.</summary>
    public static Seq<string> Fallback(Seq<string> pieces)
    {
        var text = new List<string>();
        var run = new List<byte>();
        foreach (var piece in pieces)
        {
            var value = Written(piece);
            value.Iter(run.Add);
            if (value.IsSome) continue;
            Flush();
            text.Add(piece);
        }

        Flush();
        return toSeq(text.ToArray());

        void Flush()
        {
            if (run.Count == 0) return;
            var bytes = run.ToArray();
            text.Add(Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
            run.Clear();
        }
    }

    /// <summary>Every letter is a byte, under GPT-2's printable alphabet; a piece with any other letter stands for itself.</summary>
    public static Seq<string> Level(Seq<string> pieces) => Seq1(Encoding.UTF8.GetString(
        [.. pieces.SelectMany(piece => piece.All(ByteOf.ContainsKey) ? piece.Select(letter => ByteOf[letter]) : Encoding.UTF8.GetBytes(piece))]));

    private static Option<byte> Written(string piece) =>
        piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : None;

    // Printable Latin-1 stands for itself; the other bytes take the letters from U+0100 on, in order.
    private static System.Collections.Generic.Dictionary<char, byte> Alphabet()
    {
        var letters = new System.Collections.Generic.Dictionary<char, byte>();
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[printable ? (char)value : (char)next++] = (byte)value;
        }

        return letters;
    }
}
