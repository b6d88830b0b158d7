using System.Globalization;
using Spectre.Console;
using Unmask.Pipeline.Verdicts;

namespace Unmask.Cli;

/// <summary>What a number of tokens would determine, layer by layer, as a table and as JSON.</summary>
internal sealed record Explanation(Checkpoint Checkpoint, Observation Observation, int Tokens, Seq<(AttentionLayer Layer, Forecast Forecast)> Layers)
{
    public JsonExplanation Json => new(
        1,
        "explain",
        Checkpoint.Name,
        Tokens,
        Words.Of(Observation),
        [.. Layers.Map(one => new JsonForecast(
            one.Layer.Index,
            one.Layer.D,
            one.Layer.Heads.Count,
            one.Forecast.There.Unknowns,
            one.Forecast.There.Equations,
            one.Forecast.There.Nullity,
            one.Forecast.There.Symmetry.ToString(),
            one.Forecast.Least.MatchUnsafe<int?>(least => least, () => null),
            one.Forecast.Counted,
            one.Forecast.There.Reason))]);

    public void Print(Terminal terminal)
    {
        using var page = new Page(terminal);
        page.Write(Markup.Escape($"{Checkpoint.Name}: what {Words.Of(Observation)} of {Tokens} tokens would determine of the states at a layer, d = {Checkpoint.D}"));
        page.Blank();
        var table = new Table().Border(TableBorder.None);
        foreach (var name in (string[])["layer", "heads", "unknowns", "equations", "free", "symmetry", "least n"])
            table.AddColumn(new TableColumn($"[grey]{name}[/]").PadLeft(2).PadRight(2));
        foreach (var (layer, forecast) in Layers) table.AddRow([.. Cells(layer, forecast).Map(Markup.Escape)]);
        page.Write(table);
        page.Blank();
        foreach (var note in Notes) page.Write(Markup.Escape(note));
    }

    private static Seq<string> Cells(AttentionLayer layer, Forecast forecast) => Seq(
        Number(layer.Index),
        Number(layer.Heads.Count),
        Number(forecast.There.Unknowns),
        Number(forecast.There.Equations),
        Number(forecast.There.Nullity),
        forecast.There.Symmetry.ToString(),
        forecast.Least.Match(least => Number(least) + (forecast.Counted ? ", by counting" : ""), () => "none"));

    private Option<int> Positions => Checkpoint.Vocabulary.Bind(known => known.Positions).Map(table => table.Rows);

    private Seq<string> Notes => Seq(
        (Layers.Exists(one => one.Forecast.Least.IsSome), "least n: so many tokens leave nothing free but the symmetry; a method may need more."),
        (Layers.Exists(one => one.Forecast.Always > 0),
            "Behind the causal mask the first tokens ask about too few others: what is free of them stays free however many tokens follow, "
            + $"{string.Join(", ", Layers.Map(one => one.Forecast.Always).Distinct().Filter(count => count > 0))} directions."),
        (Layers.Exists(one => one.Forecast.Least.IsNone), "none: however many tokens there are, each brings more freedom than the maps take away."),
        (Positions.Exists(most => Layers.Exists(one => one.Forecast.Least.Exists(least => least > most))),
            $"The model has {Positions.IfNone(0)} positions: where least n is more, no input determines all of X."),
        (Layers.Exists(one => one.Forecast.There.IsCounted), "Layers too wide for the rank of the Jacobian are counted: what is free is then a lower bound."),
        (Checkpoint.Vocabulary.IsSome && Layers.Exists(one => one.Layer.Index == 0),
            $"Layer 0 has a vocabulary of {Checkpoint.Vocabulary.Map(known => known.Size).IfNone(0)}: tokens are searched for, and need far fewer than that."))
        .Filter(note => note.Item1).Map(note => note.Item2).Strict();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
