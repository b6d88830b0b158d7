namespace Unmask.Pipeline;

/// <summary>
/// Everything that is expected to go wrong, each as one sentence: what, where, which rule, what to do.
/// 1xx: a question nobody can answer; 2xx: bad input; 3xx: a solver that did not arrive.
/// </summary>
public static partial class Faults
{
    public static Error BadDims(int d, int n) =>
        Error.New(200, $"d={d}, n={n} is no problem size: both must be at least 1.");

    /// <summary>Whether a failure is bad input (exit code 2) rather than a search that did not arrive.</summary>
    public static bool IsBadInput(Error error) => error.Code is >= 200 and < 300 || error is ManyErrors many && many.Errors.Exists(IsBadInput);

    public static Error Interrupted() => Error.New(390, "Interrupted.");

    public static Error SolverDoesNotApply(string solver, string why) =>
        Error.New(110, $"The {solver} solver does not apply: {why}.");

    public static Error TimedOut(string solver, double seconds) =>
        Error.New(391, $"The {solver} search was stopped after {Number(seconds)} s and holds no answer before its end; "
            + "allow it more time, or fewer iterations.");

    public static Error NobodySolves(Problem problem, Seq<Error> refusals) =>
        Error.New(110, $"{problem.Name}: no solver takes this problem yet: {string.Join(" ", refusals.Map(error => error.Message))}");

    public static Error NoSuchSolver(string name, Seq<string> known) =>
        Error.New(252, $"There is no solver {name}; choose auto or one of {Listed(known)}.");

    public static Error TruthLength(string path, int found, int tokens) =>
        Error.New(253, $"{path}: key token_ids has {found} entries but the capture has {tokens} tokens; give the truth of this capture.");

    public static Error BadStart(Matrix start, Dims dims) =>
        Error.New(250, $"The start is {start.Rows}x{start.Columns}, but this problem has d={dims.D}, n={dims.N}: give a {dims.D}x{dims.N} matrix.");

    private static string AndOthers(int others) => others == 0 ? "" : $" (and {others} more)";

    private static string Number(double value) => value.ToString("G9", System.Globalization.CultureInfo.InvariantCulture);

    // A checkpoint holds hundreds of names: enough of them to recognise the file.
    private static string Listed(Seq<string> names) =>
        names.IsEmpty ? "none" : string.Join(", ", names.Take(6)) + (names.Count > 6 ? $" and {names.Count - 6} more" : "");
}
