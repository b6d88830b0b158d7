namespace Unmask.Cli;

/// <summary>What was seen, and how finely it was stored.</summary>
internal sealed class ObservationOptions(string defaultObservation)
{
    private readonly Setting<Observation?> _observe = Choices.Named<Observation?>(
        "--observe",
        $"What was captured [default: {defaultObservation}]",
        "scores|attention|output",
        ("scores", Observation.Scores), ("attention", Observation.Attention), ("output", Observation.Output));

    private readonly Setting<Precision?> _precision = Choices.Precision();

    public void AddTo(Command command)
    {
        command.Add(_observe);
        command.Add(_precision);
    }

    public Option<Observation> Observe(ParseResult parsed) => Optional(parsed.GetValue(_observe));

    public Option<Precision> Precision(ParseResult parsed) => Optional(parsed.GetValue(_precision));
}
