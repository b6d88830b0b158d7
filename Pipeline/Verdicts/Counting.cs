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
    public static long Nullity(Problem problem) =>
        Nullity(problem.Layer, problem.Dims.N, problem.Observation, head => Entries(problem, head));

    /// <summary>The same before anything was observed, where every visible entry counts.</summary>
    public static long Nullity(AttentionLayer layer, int n, Observation observation) =>
        Nullity(layer, n, observation, _ => Visible(layer, n) - (observation == Observation.Attention ? n : 0));

    private static long Nullity(AttentionLayer layer, int n, Observation observation, Func<int, long> entries)
    {
        if (observation == Observation.Output) return 0;
        var shift = observation == Observation.Attention ? 1 : 0;
        var filled = layer.Heads.Map((index, head) =>
        {
            var r = Math.Min(head.Dimension, Math.Min(layer.D, n - shift));
            return Math.Min(entries(index), (long)r * (2 * n - shift - r));
        }).Sum();
        return Math.Max(0, (long)layer.D * n - filled);
    }

    private static long Visible(AttentionLayer layer, int n) => layer.Mask == Mask.Causal ? (long)n * (n + 1) / 2 : (long)n * n;

    private static long Entries(Problem problem, int head)
    {
        var n = problem.Dims.N;
        var visible = Visible(problem.Layer, n);
        if (problem.Observation != Observation.Attention) return visible;
        var zeros = 0L;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < (problem.Layer.Mask == Mask.Causal ? i + 1 : n); j++)
                zeros += problem.Observed[head][i, j] > 0 ? 0 : 1;
        return visible - n - zeros;
    }
}
