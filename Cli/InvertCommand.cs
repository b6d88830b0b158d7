namespace Unmask.Cli;

/// <summary>unmask invert: the problem of plain matrices.</summary>
internal static class InvertCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var weights = new Setting<string>("--weights")
        {
            Description = "W [d, d], or query and key [d, d_h] (or [heads, d, d_h]) with optional query_bias, key_bias, value, value_bias, output, output_bias",
            HelpName = "FILE",
            Required = true,
        };
        var target = new Setting<string>("--target") { Description = "What was observed: B [n, n] (or [heads, n, n]), or [n, d] for outputs and residual streams", HelpName = "FILE", Required = true };
        var scale = Choices.Number("--scale", "s in S = s·XᵀWX [default: 1]", "NUMBER", value => value != 0, "a number other than 0");
        var causal = new Setting<bool>("--causal") { Description = "Tokens see only themselves and those before them" };
        var observation = new ObservationOptions("attention", withOutput: false);
        var search = new SearchOptions();
        var output = new OutputOptions("The true X, d×n, to compare with, for the report alone");
        var command = new Command("invert", "Find X from W and B ≈ softmax(s·XᵀWX), or B ≈ s·XᵀWX, or B ≈ softmax(s·XᵀWX)XᵀV, or the residual stream of that.") { weights, target, scale, causal };
        observation.AddTo(command);
        search.AddTo(command);
        output.AddTo(command);
        command.SetAction(parsed => Asking.Run(
            "invert",
            from files in Recover.Matrices(parsed.GetRequiredValue(weights), parsed.GetRequiredValue(target))
            from plain in Normalise.Matrices(
                files.Weights,
                files.Target,
                observation.Observe(parsed).IfNone(Observation.Attention),
                parsed.GetValue(causal) ? Mask.Causal : Mask.None,
                parsed.GetValue(scale) ?? 1,
                observation.Precision(parsed))
            from problem in observation.Known(parsed, plain)
            from truth in Truth(output.Read(parsed).Truth, problem)
            select new Question("invert", Path.GetFileNameWithoutExtension(files.Weights.Path), problem, None, truth),
            search.Read(parsed),
            output.Read(parsed),
            terminal,
            cancellation));
        return Examples.On(
            command,
            "unmask invert --weights W.npy --target B.npy --out X.npy",
            "unmask invert --weights weights.npz --target map.safetensors --scale 0.25 --solver lm --seed 7 --json -");
    }

    private static Fin<Option<Truth>> Truth(Option<string> truthPath, Problem problem) => truthPath.Match(
        None: () => FinSucc(Option<Truth>.None),
        Some: path => from matrix in Load.Matrix(path)
                      from x in Sized.States(path, "states", matrix, problem.Dims)
                      select Some(new Truth(path, None, None, Map((problem.Layer.Index, x)))));
}
