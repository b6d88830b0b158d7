using System.Globalization;
using Spectre.Console;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Cli;

/// <summary>unmask kernels: the specialised sizes, what this processor runs of them and, if asked, how fast.</summary>
internal static class KernelsCommand
{
    private static readonly (LossModel Model, string Formula)[] Models =
    [
        (LossModel.Scores, "½‖S − B‖²"),
        (LossModel.Attention, "½‖P − B‖²"),
        (LossModel.LogAttention, "½‖row-centred (S − log B)‖²"),
        (LossModel.CrossEntropy, "−Σ B ∘ log P"),
        (LossModel.Output, "½‖P XᵀV − B‖²"),
    ];

    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var bench = new Setting<bool>("--bench") { Description = "Time them here, on one thread, as fractions of this machine's peak" };
        var seconds = Choices.Number(
            "--seconds", $"How long to measure, with --bench [default: {KernelBench.UsualSeconds}]", "SECONDS", value => value is > 0 and < 1e4, "a number of seconds above 0");
        var json = new Setting<string>("--json") { Description = "Write the list, and the times, as JSON; - writes it in place of the tables", HelpName = "FILE|-" };
        var command = new Command("kernels", "List the specialised sizes, their models and precisions, and what this CPU will use.") { bench, seconds, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(seconds) is not null && !result.GetValue(bench)) result.AddError("--seconds goes with --bench.");
        });
        command.SetAction(parsed => Ask(parsed.GetValue(bench), parsed.GetValue(seconds) ?? KernelBench.UsualSeconds, Optional(parsed.GetValue(json)), terminal, cancellation)
            .Match(Succ: _ => ExitCode.Done, Fail: error => Asking.Complain(error, terminal)));
        return Examples.On(command, "unmask kernels", "unmask kernels --bench", "unmask kernels --bench --json times.json");
    }

    private static Fin<Unit> Ask(bool bench, double seconds, Option<string> json, Terminal terminal, CancellationToken cancellation) =>
        from survey in bench ? KernelBench.Take(seconds, terminal, cancellation).Map(Some) : FinSucc(Option<Survey>.None)
        from written in json.Filter(path => path != "-").Match(Some: path => Write(path, survey), None: () => unit)
        select json == "-" ? Dump(survey, terminal) : Print(survey, terminal);

    private static Fin<Unit> Write(string path, Option<Survey> survey)
    {
        lock (Interrupts.Writing) return Save.Text(path, ResultJson.Text(Listed(survey)));
    }

    private static Unit Dump(Option<Survey> survey, Terminal terminal)
    {
        terminal.Out.Write(ResultJson.Text(Listed(survey)));
        return unit;
    }

    private static Unit Print(Option<Survey> survey, Terminal terminal)
    {
        using var page = new Page(terminal);
        page.Write($"This CPU has {Environment.ProcessorCount} threads and vectors of {string.Join(", ", VectorWidths.Supported.Select(Name))}; kernels use the widest a row fills.");
        return survey.Match(Some: found => KernelBench.Print(found, page), None: () => PrintList(page));
    }

    private static void PrintList(Page page)
    {
        page.Blank();
        var models = Columns("model", "loss");
        foreach (var (model, formula) in Models) models.AddRow(Words.Of(model), Markup.Escape(formula));
        page.Write(models);
        page.Blank();
        var sizes = Columns("d", "n", "f32 uses", "f64 uses");
        foreach (var size in Listed(None).Sizes) sizes.AddRow(Number(size.D), Number(size.N), size.F32, size.F64);
        page.Write(sizes);
        page.Blank();
        page.Write("Every model, masked or not, in f32 and f64; any other size runs on the any-size kernel.");
    }

    private static Table Columns(params string[] names)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in names) table.AddColumn(new TableColumn($"[grey]{name}[/]").PadLeft(2).PadRight(2));
        return table;
    }

    private static JsonKernels Listed(Option<Survey> survey) => new(
        1,
        "kernels",
        new JsonProcessor(Environment.ProcessorCount, [.. VectorWidths.Supported.Select(Name)], Name(VectorWidths.Best)),
        [.. KernelTable.BuiltIn.Sizes.Select(size => new JsonSize(
            size.D,
            size.N,
            Name(VectorWidths.Filled<float>(VectorWidths.Best, size.N)),
            Name(VectorWidths.Filled<double>(VectorWidths.Best, size.N))))],
        "any-size",
        [.. Models.Select(one => Words.Of(one.Model))],
        ["f32", "f64"],
        survey.MatchUnsafe<JsonPeak?>(KernelBench.Peak, () => null),
        survey.MatchUnsafe<JsonTimed[]?>(KernelBench.Json, () => null));

    private static string Name(VectorWidth width) => width == VectorWidth.Scalar ? "scalar" : $"{Number((int)width)} bits";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
