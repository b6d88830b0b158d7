namespace Unmask.Pipeline.Verdicts;

/// <summary>What counting alone says: unknowns less the dimension of the set the maps can fill. docs/closed-form.md (C22).</summary>
internal static class Counting
{
    public static long Unknowns(Problem problem) => problem.Dims.Unknowns;

    /// <summary>Independent numbers observed: entries seen, less one per row after a softmax.</summary>
    public static long Equations(Problem problem) =>
        problem.Observation == Observation.Output
            ? (long)problem.Dims.N * problem.Dims.D
            : Enumerable.Range(0, problem.Layer.Heads.Count).Sum(head => Entries(problem, head));

    /// <summary>A lower bound on the nullity: a head of rank r cannot fill more than the n×n maps of that rank do.</summary>
    public static long Nullity(Problem problem)
    {
        if (problem.Observation == Observation.Output) return 0;
        var n = problem.Dims.N;
        var shift = problem.Observation == Observation.Attention ? 1 : 0;
        var filled = problem.Layer.Heads.Map((index, head) =>
        {
            var r = Math.Min(head.Dimension, Math.Min(problem.Dims.D, n - shift));
            return Math.Min(Entries(problem, index), (long)r * (2 * n - shift - r));
        }).Sum();
        return Math.Max(0, Unknowns(problem) - filled);
    }

    private static long Entries(Problem problem, int head)
    {
        var n = problem.Dims.N;
        var visible = problem.Layer.Mask == Mask.Causal ? (long)n * (n + 1) / 2 : (long)n * n;
        if (problem.Observation != Observation.Attention) return visible;
        var zeros = 0L;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < (problem.Layer.Mask == Mask.Causal ? i + 1 : n); j++)
                zeros += problem.Observed[head][i, j] > 0 ? 0 : 1;
        return visible - n - zeros;
    }
}
