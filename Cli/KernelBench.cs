using Spectre.Console;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Cli;

/// <summary>unmask kernels --bench: what the kernels do on this machine, on one thread.</summary>
internal static class KernelBench
{
    /// <summary>With setting up, and on a machine that is busy, still well below twenty seconds in all.</summary>
    public const double UsualSeconds = 12;

    public static Fin<Survey> Take(double seconds, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return Watched(terminal, progress => Survey.Take(SurveyCase.Usual, TimeSpan.FromSeconds(seconds), progress, cancellation));
        }
        catch (OperationCanceledException)
        {
            return Faults.Interrupted();
        }
    }

    public static void Print(Survey survey, Page page)
    {
        page.Write(FormattableString.Invariant($"Multiply-adds alone reach {survey.PeakSingle:0.0} GFLOP/s in f32 and {survey.PeakDouble:0.0} in f64 on one thread.")
            + " Times are of one problem.");
        page.Blank();
        page.Write(Rows(survey));
        var missing = SurveyCase.Usual.Count - survey.Rows.Length;
        if (missing == 0) return;
        page.Blank();
        page.Write($"The time did not suffice for {missing} more; --seconds gives it more.");
    }

    public static JsonPeak Peak(Survey survey) => new(survey.PeakSingle, survey.PeakDouble);

    public static JsonTimed[] Json(Survey survey) =>
    [
        .. survey.Rows.Select(row => new JsonTimed(
            Words.Of(row.Case.Model),
            Words.Of(row.Case.Evaluation),
            row.Case.IsDouble ? "f64" : "f32",
            row.Case.D,
            row.Case.N,
            row.Case.Batch,
            row.Nanoseconds,
            row.Gigaflops,
            row.PeakFraction)),
    ];

    private static Table Rows(Survey survey)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in new[] { "operation", "model", "d", "n", "batch" }) table.AddColumn(new TableColumn($"[grey]{name}[/]").NoWrap().PadLeft(0).PadRight(1));
        foreach (var name in new[] { "f32", "GFLOP/s", "of peak", "f64", "GFLOP/s", "of peak" })
            table.AddColumn(new TableColumn($"[grey]{name}[/]").NoWrap().RightAligned().PadLeft(0).PadRight(1));
        foreach (var rows in survey.Rows.GroupBy(row => row.Case with { IsDouble = false }))
            table.AddRow(
            [
                Words.Of(rows.Key.Evaluation), Words.Of(rows.Key.Model), Words.Fixed(rows.Key.D, "0"), Words.Fixed(rows.Key.N, "0"),
                rows.Key.Batch == 1 ? "" : Words.Fixed(rows.Key.Batch, "0"),
                .. Cells(rows.FirstOrDefault(row => !row.Case.IsDouble)), .. Cells(rows.FirstOrDefault(row => row.Case.IsDouble)),
            ]);
        return table;
    }

    private static string[] Cells(SurveyRow? row) =>
        row is null ? ["", "", ""] : [Words.Time(row.Nanoseconds), Words.Fixed(row.Gigaflops, "0.0"), Words.Fixed(100 * row.PeakFraction, "0") + " %"];

    private static A Watched<A>(Terminal terminal, Func<Action<SurveyProgress>, A> work) =>
        !terminal.ShowsProgress
            ? work(_ => { })
            : terminal.Messages().Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn())
                .Start(context =>
                {
                    var task = context.AddTask("kernels", maxValue: 1);
                    return work(step =>
                    {
                        task.Description = step.Prepared < step.Cases ? $"compiling {step.Prepared}/{step.Cases}" : "measuring";
                        task.Value = step.Spent;
                    });
                });
}
