using System.Collections.Immutable;
using System.Globalization;

namespace Unmask.Benchmarks.Comparison;

/// <summary>The tables as text.</summary>
internal static class Markdown
{
    public static string Times(ImmutableArray<Contender> contenders, IEnumerable<Row> rows)
    {
        var narrow = contenders.Any(c => c.Name == Contenders.OursNarrow);
        string[] ratios = contenders.Any(c => c.Native) ? ["best C++ ÷ ours", "libxsmm ÷ ours", "autograd ÷ ours"] : [];
        string[] header =
        [
            "d,n · precision · model",
            .. contenders.Select(c => c.Title),
            .. ratios,
            "GFLOP/s",
            "of the peak",
            .. narrow ? (string[])["256 bits, of theirs"] : [],
        ];
        return Table(header, rows.Select(row => (string[])
        [
            Name(row),
            .. contenders.Select(c => Time(row.Time(c.Name))),
            .. ((double?[])[row.AgainstBestNative, row.Against("libxsmm"), row.Against("pytorch-autograd")]).Take(ratios.Length).Select(Ratio),
            Format(row.Gigaflops, "n1"),
            Format(row.Fraction, "p0"),
            .. narrow ? (string[])[Format(row.FractionNarrow, "p0")] : [],
        ]));
    }

    public static string Verdicts(IEnumerable<Goal> goals, ImmutableArray<Row> rows) =>
        Table(["class", "figure", "goal", "worst measured", "where", "by medians", "there, at the peak", "there, by its parts", "met"], goals.Select(goal => (string[])
        [
            goal.Class,
            goal.Figure,
            Figure(goal, goal.Target),
            .. goal.Worst(rows) is var (value, row)
                ? (string[])[Figure(goal, value), Name(row), Bound(goal, goal.Of, row.Typical), Bound(goal, goal.AtPeak, row), Bound(goal, goal.ByParts, row), goal.Verdict(value, row)]
                : ["", "", "", "", "", "not measured"],
        ]));

    private static string Bound(Goal goal, Func<Row, double?>? of, Row row) => of?.Invoke(row) is { } value ? Figure(goal, value) : "";

    private static string Figure(Goal goal, double value) => goal.Percent ? Format(value, "p0") : Ratio(value);

    private static string Name(Row row) =>
        $"{row.Question.D},{row.Question.N} · {row.Question.Precision} · {row.Question.Model}" + row.Question.Evaluation switch
        {
            "gradient" => "",
            "batch" => $", {row.Question.Count} at once",
            var other => $", {other}",
        };

    private static string Time(double? nanoseconds) => nanoseconds switch
    {
        null => "",
        < 100 => Format(nanoseconds, "n1"),
        < 1e6 => Format(nanoseconds, "n0"),
        _ => Format(nanoseconds / 1e6, "n2") + " ms",
    };

    private static string Ratio(double? ratio) => Format(ratio, ratio < 10 ? "n2" : "n0");

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Table(string[] header, IEnumerable<string[]> rows) => string.Join(
        '\n',
        rows.Prepend([.. header.Select((_, i) => i == 0 ? "---" : "---:")]).Prepend(header).Select(cells => $"| {string.Join(" | ", cells)} |"));
}
