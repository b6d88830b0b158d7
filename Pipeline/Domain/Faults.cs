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

    // Token search.

    public static Error TooFewPositions(int tokens, int positions) =>
        Error.New(240, $"The capture has {tokens} tokens, the model has learned only {positions} positions: is it a capture of this model?");

    public static Error VocabularyMismatch(int maps, int heads, int embedding, int d) =>
        Error.New(241, $"The layer has {heads} heads of width d={d}; {maps} maps and an embedding of width {embedding} were given: they must agree.");
}
