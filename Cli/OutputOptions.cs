namespace Unmask.Cli;

/// <summary>What to write, and where.</summary>
internal sealed class OutputOptions
{
    private readonly Setting<string> _out = new("--out") { Description = "Write the recovered X, d×n, as .npy, .npz or .safetensors; the last two hold the features before it too, if there are any", HelpName = "FILE" };

    private readonly Setting<string> _json = new("--json") { Description = "Write the result as JSON; - writes it in place of the report", HelpName = "FILE|-" };

    private readonly Setting<string> _truth;

    private readonly Setting<bool> _quiet = new("--quiet", "-q") { Description = "Print the verdict only, and no progress" };

    private readonly Setting<bool> _verbose = new("--verbose", "-v") { Description = "Print more: counts, loss, and a certificate for every token" };

    public OutputOptions(string truth) => _truth = new("--truth") { Description = truth, HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in new System.CommandLine.Option[] { _truth, _out, _json, _quiet, _verbose }) command.Add(option);
    }

    public OutputSettings Read(ParseResult parsed) => new(
        Optional(parsed.GetValue(_out)),
        Optional(parsed.GetValue(_json)),
        Optional(parsed.GetValue(_truth)),
        parsed.GetValue(_quiet),
        parsed.GetValue(_verbose));
}

internal sealed record OutputSettings(
    Option<string> Out, Option<string> Json, Option<string> Truth, bool Quiet, bool Verbose)
{
    public static OutputSettings Default { get; } = new(None, None, None, false, false);

    /// <summary>Two lines in place of the report.</summary>
    public bool Brief { get; init; }

    public bool JsonOnly => Json == "-";
}
