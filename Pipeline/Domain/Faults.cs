namespace Unmask.Pipeline;

/// <summary>
/// Everything that is expected to go wrong, each as one sentence: what, where, which rule, what to do.
/// 1xx: a question nobody can answer; 2xx: bad input; 3xx: a solver that did not arrive.
/// </summary>
public static class Faults
{
    public static Error BadDims(int d, int n) =>
        Error.New(200, $"d={d}, n={n} is no problem size: both must be at least 1.");

    /// <summary>Whether a failure is bad input (exit code 2) rather than a search that did not arrive.</summary>
    public static bool IsBadInput(Error error) => error.Code is >= 200 and < 300 || error is ManyErrors many && many.Errors.Exists(IsBadInput);

    public static Error Interrupted() => Error.New(390, "Interrupted.");

    public static Error SolverDoesNotApply(string solver, string why) =>
        Error.New(110, $"The {solver} solver does not apply: {why}.");

    // The closed form for one head.

    public static Error CongruenceDegenerate(string why) =>
        Error.New(310, $"The closed form did not arrive: {why}. Use an iterative solver.");

    public static Error CongruenceInertia(int positive, int wanted) =>
        Error.New(311, $"The closed form did not arrive: the map has {positive} positive directions, W has {wanted}. Check W, the scale and the layer.");

    // Identifiability and the last stage.

    public static Error WrongStates(int rows, int columns, Dims dims) =>
        Error.New(230, $"States are {rows}x{columns}, the problem has {dims}: give X as d×n.");

    public static Error StatesNotFinite() => Error.New(330, "The answer holds NaN or infinity: the solver diverged.");
}
