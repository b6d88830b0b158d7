namespace Unmask.Pipeline.Verdicts;

/// <summary>Several answers that are isolated, which no rank shows: from the first token that has two on nothing is determined.</summary>
internal static class Ambiguity
{
    public static Identifiability In(Problem problem, Estimate estimate, Identifiability found) =>
        estimate.Ambiguous.IsEmpty ? found : found with
        {
            Reason = $"{found.Reason} {Sentence(problem, estimate.Ambiguous.Head)}",
            Resolution = found.Resolution.Map(resolution => resolution with
            {
                FreePerToken = toSeq(resolution.FreePerToken.Map((token, free) => token < estimate.Ambiguous.Head ? free : problem.Dims.D)).Strict(),
            }),
        };

    private static string Sentence(Problem problem, int first) => problem.Layer.Mask == Mask.Causal
        ? $"Another state explains the {Observed(problem)} at token {first} as well: from there on X is one of several."
        : $"Another X explains the {Observed(problem)} as well: it is one of several.";

    private static string Observed(Problem problem) => problem.Observation == Observation.Output ? "output" : "stream";
}
