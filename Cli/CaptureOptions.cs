namespace Unmask.Cli;

/// <summary>Which part of a capture to look at, and what kind of maps it holds.</summary>
internal sealed class CaptureOptions
{
    private readonly Setting<int?> _layer = Choices.Whole("--layer", "The layer to look at [default: the lowest captured]", 0);

    private readonly Setting<int?> _sequence = Choices.Whole("--sequence", "Which sequence of a batch, counted from 0", 0);

    private readonly Setting<RowSums?> _rowSums = Choices.Named<RowSums?>(
        "--row-sums",
        "What rows of attention sum to: one, less (an attention sink), or around one (a dropout) [default: auto, one or a clear sink]",
        "auto|softmax|sink|dropout",
        ("auto", null), ("softmax", RowSums.Softmax), ("sink", RowSums.Sink), ("dropout", RowSums.Dropout));

    private readonly Setting<bool> _averaged = new("--averaged")
    {
        Description = "The one map of a layer is the mean over its heads: for tokens, at the first layer of a causal model",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new System.CommandLine.Option[] { _layer, _sequence, _rowSums, _averaged }) command.Add(option);
    }

    public Selection Read(ParseResult parsed, ObservationOptions observation) => new(
        Optional(parsed.GetValue(_layer)), observation.Observe(parsed), observation.Precision(parsed))
    {
        WithOutput = observation.WithOutput(parsed),
        Sequence = Optional(parsed.GetValue(_sequence)),
        RowSums = Optional(parsed.GetValue(_rowSums)),
        Averaged = parsed.GetValue(_averaged),
    };
}
