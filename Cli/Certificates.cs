using Spectre.Console;

namespace Unmask.Cli;

/// <summary>How sure each token is, one row a token.</summary>
internal static class Certificates
{
    private const int MostTies = 5;

    public static Table Of(Answer answer, TokenReading reading)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in new[] { "position", "id", "piece", "margin (nats)", "ties" })
            table.AddColumn(new TableColumn($"[grey]{name}[/]").PadLeft(2));
        foreach (var one in reading.Certificates)
            table.AddRow([.. Seq(
                $"{one.Position}",
                $"{one.Id}",
                Piece(answer, one.Id),
                one.Margin < double.MaxValue ? Words.Short(one.Margin) : "no rival",
                string.Join(", ", one.Ties.Take(MostTies).Map(id => Piece(answer, id))) + (one.Ties.Count > MostTies ? $" and {one.Ties.Count - MostTies} more" : ""))
                .Map(Markup.Escape)]);
        return table;
    }

    private static string Piece(Answer answer, int id) => answer.Question.Tokenizer.Map(known => known.Piece(id)).IfNone($"{id}");
}
