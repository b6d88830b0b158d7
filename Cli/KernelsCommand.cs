using System.Globalization;
using Spectre.Console;
using Unmask.Kernels;

namespace Unmask.Cli;

/// <summary>unmask kernels: the specialised sizes, and what this processor runs of them.</summary>
internal static class KernelsCommand
{
    private static readonly (LossModel Model, string Name, string Formula)[] Models =
    [
        (LossModel.Scores, "scores", "½‖S − B‖²"),
        (LossModel.Attention, "attention", "½‖P − B‖²"),
        (LossModel.LogAttention, "log-attention", "½‖row-centred (S − log B)‖²"),
        (LossModel.CrossEntropy, "cross-entropy", "−Σ B ∘ log P"),
        (LossModel.Output, "output", "½‖P XᵀV − B‖²"),
    ];

    public static Command Make(Terminal terminal)
    {
        var json = new Setting<string>("--json") { Description = "Write the list as JSON; - writes it in place of the table", HelpName = "FILE|-" };
        var command = new Command("kernels", "List the specialised sizes, their models and precisions, and what this CPU will use.") { json };
        command.SetAction(parsed => Optional(parsed.GetValue(json)).Match(
            None: () => Print(terminal),
            Some: path => path == "-" ? Write(terminal) : Save.Text(path, ResultJson.Text(Listed())).Match(
                Succ: _ => Print(terminal),
                Fail: error => Complain(terminal, error))));
        return Examples.On(command, "unmask kernels", "unmask kernels --json -");
    }

    private static int Write(Terminal terminal)
    {
        terminal.Out.Write(ResultJson.Text(Listed()));
        return ExitCode.Done;
    }

    private static int Complain(Terminal terminal, Error error)
    {
        terminal.Error.WriteLine(error.Message);
        return ExitCode.BadInput;
    }

    private static int Print(Terminal terminal)
    {
        using var page = new Page(terminal);
        page.Write($"This CPU has {Environment.ProcessorCount} threads and vectors of {string.Join(", ", VectorWidths.Supported.Select(Name))}; kernels use the widest a row fills.");
        page.Blank();
        var models = Columns("model", "loss");
        foreach (var (_, name, formula) in Models) models.AddRow(name, Markup.Escape(formula));
        page.Write(models);
        page.Blank();
        var sizes = Columns("d", "n", "f32 uses", "f64 uses");
        foreach (var size in Listed().Sizes) sizes.AddRow(Number(size.D), Number(size.N), size.F32, size.F64);
        page.Write(sizes);
        page.Blank();
        page.Write("Every model, masked or not, in f32 and f64; any other size runs on the any-size kernel.");
        return ExitCode.Done;
    }

    private static Table Columns(params string[] names)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in names) table.AddColumn(new TableColumn($"[grey]{name}[/]").PadLeft(2).PadRight(2));
        return table;
    }

    private static JsonKernels Listed() => new(
        1,
        "kernels",
        new JsonProcessor(Environment.ProcessorCount, [.. VectorWidths.Supported.Select(Name)], Name(VectorWidths.Best)),
        [.. KernelTable.BuiltIn.Sizes.Select(size => new JsonSize(
            size.D,
            size.N,
            Name(VectorWidths.Filled<float>(VectorWidths.Best, size.N)),
            Name(VectorWidths.Filled<double>(VectorWidths.Best, size.N))))],
        "any-size",
        [.. Models.Select(one => one.Name)],
        ["f32", "f64"]);

    private static string Name(VectorWidth width) => width == VectorWidth.Scalar ? "scalar" : $"{Number((int)width)} bits";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
