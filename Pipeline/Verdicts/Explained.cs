namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// When a residual counts as nothing but noise. Storage rounds every entry once; whoever computed the map rounded a few more times, and
/// a fit spreads it: 32 roundings. Double precision is held to what softmax and XᵀWX lose in it at the conditioning of n = d + 1,
/// not to its own 1e-16: 1e-8 of a probability (of the largest entry for scores and outputs), 1e-6 of its logarithm.
/// </summary>
internal static class Explained
{
    private const double Roundings = 32;
    private const double DoubleEntry = 1e-8;
    private const double DoubleLog = 1e-6;

    // A token is right or wrong: what is left is the model's own arithmetic, which nothing was fitted to.
    private const double TokenRoundings = 50;
    private const double TokenEntry = 1e-3;

    public static bool Holds(Problem problem, Residual residual) =>
        residual.Max <= EntryBound(problem, residual) && residual.RmsLog <= LogBound(problem, residual);

    public static bool HoldsForTokens(Problem problem, Residual residual) =>
        residual.Max <= Math.Max(TokenEntry * Size(problem), TokenRoundings * residual.NoiseFloor);

    private static double EntryBound(Problem problem, Residual residual) =>
        Math.Max(DoubleEntry * Size(problem), Roundings * residual.NoiseFloor);

    private static double LogBound(Problem problem, Residual residual) =>
        problem.Observation == Observation.Attention
            ? Math.Max(DoubleLog, Roundings * ResidualOf.RmsRelativeRounding(problem))
            : EntryBound(problem, residual);

    private static double Size(Problem problem) =>
        problem.Observation == Observation.Attention ? 1 : Math.Max(1, problem.Observed.Map(ResidualOf.LargestFinite).Max());
}
