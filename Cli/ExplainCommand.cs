using Unmask.Pipeline.Verdicts;

namespace Unmask.Cli;

/// <summary>unmask explain: what a number of tokens would determine, from the model alone.</summary>
internal static class ExplainCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Setting<string>("--model") { Description = "A Hugging Face checkpoint folder", HelpName = "DIR", Required = true };
        var tokens = Choices.Whole("--tokens", "How many tokens a capture would have [default: 64]", 1);
        var layer = Choices.Whole("--layer", "The layer to look at [default: every layer]", 0);
        var observe = Choices.Named<Observation?>(
            "--observe", "What would be captured [default: attention]", "scores|attention|output",
            ("scores", Observation.Scores), ("attention", Observation.Attention), ("output", Observation.Output));
        var json = new Setting<string>("--json") { Description = "Write the forecast as JSON; - writes it in place of the table", HelpName = "FILE|-" };
        var command = new Command("explain", "Say what n tokens of a model's layers would determine, before any capture.") { model, tokens, layer, observe, json };
        command.SetAction(parsed => Ask(
                parsed.GetRequiredValue(model),
                parsed.GetValue(tokens) ?? UsualTokens,
                Optional(parsed.GetValue(layer)),
                parsed.GetValue(observe) ?? Observation.Attention,
                terminal,
                cancellation)
            .Bind(found => Written(found, Optional(parsed.GetValue(json)), terminal))
            .Match(Succ: _ => ExitCode.Done, Fail: error => Asking.Complain(error, terminal)));
        return Examples.On(
            command,
            "unmask explain --model Samples/Models/stories260k --tokens 64",
            "unmask explain --model Samples/Models/gpt2-basic --tokens 32 --layer 1 --json -");
    }

    private const int UsualTokens = 64;

    private static Fin<Explanation> Ask(
        string folder, int tokens, Option<int> layer, Observation observation, Terminal terminal, CancellationToken cancellation) =>
        from checkpoint in Load.Checkpoint(folder)
        from fits in checkpoint.Vocabulary.Bind(known => known.Positions).Match(
            Some: positions => tokens <= positions.Rows ? FinSucc(unit) : Faults.TooManyAsked(folder, tokens, positions.Rows),
            None: () => FinSucc(unit))
        from layers in layer.Match(
            None: () => FinSucc(checkpoint.Layers),
            Some: index => checkpoint.Layers.Find(one => one.Index == index).Map(Seq1)
                .ToFin(Faults.NoSuchLayer(folder, index, checkpoint.Layers.Count)))
        from forecasts in Searching.Counted(terminal, layers, one => $"layer {one.Index}", one => Explain.Layer(one, tokens, observation, cancellation))
        select new Explanation(checkpoint, observation, tokens, toSeq(layers.Zip(forecasts)).Strict());

    private static Fin<Unit> Written(Explanation found, Option<string> json, Terminal terminal)
    {
        if (json == "-") terminal.Out.Write(ResultJson.Text(found.Json));
        else found.Print(terminal);
        lock (Interrupts.Writing)
            return json.Filter(path => path != "-").Match(Some: path => Save.Text(path, ResultJson.Text(found.Json)), None: () => FinSucc(unit));
    }
}
