using Spectre.Console;

namespace Unmask.Cli;

/// <summary>Recovered text, beside the true one where it is known, wrong tokens marked in both.</summary>
internal static class Reading
{
    public static Table Of(Answer answer, TokenReading reading, bool colours)
    {
        var table = new Table().Border(TableBorder.None);
        var truth = answer.Question.Truth.Bind(known => known.Ids);
        var wrong = truth.Map(ids => toSeq(reading.Ids.Zip(ids).Map(pair => pair.Item1 != pair.Item2))).IfNone(Seq<bool>()).Strict();
        Column("recovered", reading.Ids);
        foreach (var ids in truth) Column(wrong.Exists(identity) ? $"truth, {wrong.Count(identity)} wrong" : "truth", ids);
        return table.AddRow([.. Seq1(reading.Ids).Append(truth.ToSeq()).Map(ids => Marked(answer.Question.Tokenizer, ids, wrong, colours))]);

        void Column(string name, Seq<int> _) => table.AddColumn(new TableColumn($"[grey]{name}[/]").PadLeft(2).PadRight(2));
    }

    private static string Marked(Option<ITokenizer> tokenizer, Seq<int> ids, Seq<bool> wrong, bool colours) =>
        string.Concat(Pieces(tokenizer, ids).Select((piece, i) => i < wrong.Count && wrong[i] ? Mark(piece, colours) : Markup.Escape(piece)));

    // The blank before a word is part of its token, but not worth a mark.
    private static string Mark(string piece, bool colours)
    {
        var word = piece.TrimStart(' ');
        var blanks = piece[..(piece.Length - word.Length)];
        return blanks + (colours ? $"[red underline]{Markup.Escape(word)}[/]" : $"«{Markup.Escape(word)}»");
    }

    // The text a token adds to the text before it; a decoder may rewrite what went before, then the vocabulary's own piece must do.
    internal static Seq<string> Pieces(Option<ITokenizer> tokenizer, Seq<int> ids) => tokenizer.Match(
        None: () => toSeq(ids.Select((id, i) => i == 0 ? $"{id}" : $" {id}")).Strict(),
        Some: known =>
        {
            var texts = toSeq(Enumerable.Range(0, ids.Count + 1)).Map(count => known.Decode(ids.Take(count))).Strict();
            return toSeq(ids.Select((id, i) =>
                texts[i + 1].StartsWith(texts[i], StringComparison.Ordinal) ? texts[i + 1][texts[i].Length..] : known.Piece(id))).Strict();
        });
}
