namespace Unmask.Cli;

/// <summary>How to search: the options that become <see cref="SolverOptions"/>.</summary>
internal sealed class SearchOptions
{
    private readonly Setting<string> _solver = Choices.Named(
        "--solver",
        "How to search [default: auto, the first that applies: tokens, output-linear, residual-stream, front-end, congruence, subspace, lm]",
        string.Join('|', Seq1("auto").Append(Invert.Solvers.Map(known => known.Name))),
        [.. Seq1("auto").Append(Invert.Solvers.Map(known => known.Name)).Map(name => (name, name))]);

    private readonly Setting<string> _start = new("--start") { Description = "Where an iterative solver starts: X, d×n", HelpName = "FILE" };

    private readonly Setting<ulong> _seed = Choices.Seed();

    private readonly Setting<int?> _restarts = Choices.Whole("--restarts", "Random starts after the first has failed [default: 4]", 0);

    private readonly Setting<int?> _iterations = Choices.Whole("--max-iterations", "Outer iterations of each start [default: the solver's own]", 1);

    private readonly Setting<int?> _threads = Choices.Whole("--threads", "Threads of the token search [default: all]", 1);

    private readonly Setting<double?> _tolerance = Choices.Number(
        "--tolerance", "Stop when no observed entry is off by more [default: 1e-10]", "NUMBER", value => value >= 0, "a number, at least 0");

    private readonly Setting<double?> _timeout = Choices.Number(
        "--timeout", "Give up after this long", "SECONDS", value => value is > 0 and < 1e6, "a number of seconds above 0");

    public void AddTo(Command command)
    {
        foreach (var option in new System.CommandLine.Option[] { _solver, _start, _seed, _restarts, _iterations, _tolerance, _threads, _timeout }) command.Add(option);
    }

    public SearchSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_solver) ?? "auto",
        Optional(parsed.GetValue(_start)),
        Optional(parsed.GetValue(_timeout)).Map(TimeSpan.FromSeconds),
        SolverOptions.Default with
        {
            Seed = parsed.GetValue(_seed),
            Restarts = parsed.GetValue(_restarts) ?? 4,
            MaxIterations = Optional(parsed.GetValue(_iterations)),
            Tolerance = parsed.GetValue(_tolerance) ?? SolverOptions.Default.Tolerance,
            Threads = Optional(parsed.GetValue(_threads)),
        });
}

/// <summary>What was asked for: the start is still a path, and nothing listens for progress yet.</summary>
internal sealed record SearchSettings(string Solver, Option<string> Start, Option<TimeSpan> Timeout, SolverOptions Options)
{
    public static SearchSettings Default { get; } = new("auto", None, None, SolverOptions.Default);
}
