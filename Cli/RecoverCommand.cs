namespace Unmask.Cli;

/// <summary>unmask recover: what a capture of a real model gives away.</summary>
internal static class RecoverCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Setting<string>("--model") { Description = "A Hugging Face checkpoint folder", HelpName = "DIR", Required = true };
        var capture = new Setting<string>("--capture") { Description = "Attention maps or a residual stream: .safetensors, .npz or .npy, or a page of BertViz", HelpName = "FILE", Required = true };
        var part = new CaptureOptions();
        var observation = new ObservationOptions("what the capture holds: attention before scores before a residual stream before an output, an output beside the maps", withOutput: true);
        var tokens = new TokenOption();
        var search = new SearchOptions();
        var output = new OutputOptions("A .truth.json to compare with, for the report alone");
        var command = new Command("recover", "Recover the inputs of a real model's layer, and text where there is a vocabulary.") { model, capture };
        part.AddTo(command);
        observation.AddTo(command);
        tokens.AddTo(command);
        search.AddTo(command);
        output.AddTo(command);
        command.SetAction(parsed => Asking.Run(
            "recover",
            Ask(
                parsed.GetRequiredValue(model),
                parsed.GetRequiredValue(capture),
                part.Read(parsed, observation),
                output.Read(parsed).Truth,
                (checkpoint, problem) => tokens.Known(parsed, checkpoint, problem).Bind(told => observation.Known(parsed, told))),
            search.Read(parsed),
            output.Read(parsed),
            terminal,
            cancellation));
        return Examples.On(
            command,
            "unmask recover --model Samples/Models/stories260k --capture Samples/Captures/stories260k-n96.safetensors",
            "unmask recover --model Samples/Models/gpt2-basic --capture Samples/Captures/gpt2-basic-n64.safetensors \\",
            "    --truth Samples/Captures/gpt2-basic-n64.truth.json --out states.npy --json result.json");
    }

    /// <param name="model">The checkpoint folder.</param>
    /// <param name="capture">The capture file.</param>
    /// <param name="selection">What to look at of it.</param>
    /// <param name="truthPath">A truth, for the report alone.</param>
    /// <param name="knowing">Adds what the user knows.</param>
    public static Fin<Question> Ask(string model, string capture, Selection selection, Option<string> truthPath, Func<Checkpoint, Problem, Fin<Problem>> knowing) =>
        from asked in Recover.Question(model, capture, selection)
        from problem in knowing(asked.Checkpoint, asked.Problem)
        from truth in truthPath.Match(
            None: () => FinSucc(Option<Truth>.None),
            Some: path => from known in Load.Truth(path)
                          from fits in Compare.Fits(known, asked.Problem)
                          select Some(known))
        select new Question("recover", asked.Checkpoint.Name, problem, asked.Checkpoint.Tokenizer, truth);
}
