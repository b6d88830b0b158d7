namespace Unmask.Pipeline.Verdicts;

/// <summary>What noise leaves, in a sentence: how many more directions it hides, where, and how well the rest is known.</summary>
internal static class Noise
{
    // More names than this and a count says as much.
    private const int MostNames = 8;

    public static string Sentence(Problem problem, Identifiability rank, Resolution resolution) =>
        $"At {problem.Precision} {Hidden(resolution.Hidden - rank.Nullity)} below the noise{Tokens(problem, resolution)}{Features(problem, resolution)}{Error(resolution)}.";

    private static string Hidden(int count) => count switch
    {
        0 => "no other direction is",
        1 => "one more direction is",
        _ => $"{count} more directions are",
    };

    private static string Tokens(Problem problem, Resolution resolution)
    {
        var tokens = resolution.Undetermined;
        return tokens.IsEmpty ? ""
            : tokens.Count == problem.Dims.N - problem.Known.Count ? "; every token is free in some direction"
            : tokens.Count <= MostNames ? $"; not determined: the tokens at {string.Join(", ", tokens)}"
            : $"; not determined: {tokens.Count} tokens";
    }

    private static string Features(Problem problem, Resolution resolution) => resolution.Determined == problem.Dims.D ? ""
        : $"; known to a tenth of its size: X along {resolution.Determined} of {problem.Dims.D} directions of feature space";

    private static string Error(Resolution resolution) => double.IsNaN(resolution.Error) ? ""
        : FormattableString.Invariant($"; relative error to expect{(resolution.Undetermined.IsEmpty ? "" : " of the others")}: {resolution.Error:0.0e+0}");
}
