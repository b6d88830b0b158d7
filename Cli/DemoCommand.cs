using Spectre.Console;

namespace Unmask.Cli;

/// <summary>unmask demo: the shipped samples, from maps to text, and a random problem in closed form.</summary>
internal static class DemoCommand
{
    private const ulong Seed = 1;

    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("demo", "Recover the shipped samples: real models, real attention maps, the text behind them.");
        command.SetAction(_ => SampleFolder.Find().Match(
            Succ: samples => Scenes(samples).Fold(ExitCode.Done, (code, scene) => code != ExitCode.Done ? code : Show(scene, terminal, cancellation)),
            Fail: error =>
            {
                terminal.Error.WriteLine(error.Message);
                return ExitCode.BadInput;
            }));
        return Examples.On(command, "unmask demo");
    }

    private static Seq<Scene> Scenes(string samples) => Seq(
        new Scene(
            "A trained Llama: layer-0 attention maps of 96 tokens",
            Seq1(Sample(samples, "stories260k", "stories260k-n96")),
            Brief: false),
        new Scene(
            "A sorting GPT: three maps recorded by its authors",
            toSeq(Enumerable.Range(0, 3)).Map(k => Sample(samples, "nano-sort", $"nano-sort-recorded-{k}")),
            Brief: true),
        new Scene("A random head, d = 16, n = 32: no vocabulary, no start, no search", Seq1(Random()), Brief: false));

    private static Fin<Question> Sample(string samples, string model, string capture) => RecoverCommand.Ask(
        SampleFolder.Model(samples, model),
        SampleFolder.Capture(samples, $"{capture}.safetensors"),
        Selection.Default,
        SampleFolder.Capture(samples, $"{capture}.truth.json"),
        (_, problem) => problem);

    private static Fin<Question> Random() =>
        from dims in Dims.Of(16, 32)
        from drawn in Simulate.OneHead(dims, Seed)
        select new Question("demo", drawn.Problem.Name, drawn.Problem, None, drawn.Truth);

    private static int Show(Scene scene, Terminal terminal, CancellationToken cancellation)
    {
        using (var page = new Page(terminal)) page.Write($"[bold]── {Markup.Escape(scene.Title)} ──[/]");
        var output = OutputSettings.Default with { Brief = scene.Brief };
        var code = scene.Questions.Fold(ExitCode.Done, (sofar, question) => sofar != ExitCode.Done
            ? sofar
            : Asking.Run("demo", question, SearchSettings.Default, output, terminal, cancellation));
        terminal.Out.WriteLine();
        return code;
    }

    private sealed record Scene(string Title, Seq<Fin<Question>> Questions, bool Brief);
}
