namespace Unmask.Cli;

/// <summary>What was seen, how finely it was stored, and what is known already.</summary>
internal sealed class ObservationOptions
{
    private readonly Setting<Watched?> _observe;

    private readonly Setting<Precision?> _precision = Choices.Precision();

    private readonly Setting<string> _known = new("--known")
    {
        Description = "Columns of X that are known: positions [k] and states [k, d] in .npz, .safetensors or .json",
        HelpName = "FILE",
    };

    /// <param name="defaultObservation">For the help.</param>
    /// <param name="withOutput">Whether an output can stand beside the maps.</param>
    public ObservationOptions(string defaultObservation, bool withOutput)
    {
        var choices = Seq(
            ("scores", (Watched?)new Watched(Observation.Scores, false)),
            ("attention", new Watched(Observation.Attention, false)),
            ("output", new Watched(Observation.Output, false)),
            ("residual", new Watched(Observation.Residual, false)));
        var all = withOutput ? choices.Add(("attention+output", new Watched(Observation.Attention, true))) : choices;
        _observe = Choices.Named(
            "--observe", $"What was captured [default: {defaultObservation}]", string.Join('|', all.Map(choice => choice.Item1)), [.. all]);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new System.CommandLine.Option[] { _observe, _precision, _known }) command.Add(option);
    }

    public Option<Observation> Observe(ParseResult parsed) => Optional(parsed.GetValue(_observe)).Map(seen => seen.Of);

    public bool WithOutput(ParseResult parsed) => parsed.GetValue(_observe) is { WithOutput: true };

    public Option<Precision> Precision(ParseResult parsed) => Optional(parsed.GetValue(_precision));

    /// <summary>The problem with what the user knows of its X.</summary>
    public Fin<Problem> Known(ParseResult parsed, Problem problem) => Optional(parsed.GetValue(_known)).Match(
        None: () => problem,
        Some: path => Load.Known(path).Bind(known => Normalise.Knowing(known)(problem)));

    private sealed record Watched(Observation Of, bool WithOutput);
}
