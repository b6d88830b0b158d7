namespace Unmask.Pipeline.Verdicts;

/// <summary>What counting alone says: unknowns less the dimension of the set the maps can fill. docs/closed-form.md (C22).</summary>
internal static class Counting
{
    /// <summary>Entries of X that are not known, or features of the tokens that a front end feeds.</summary>
    public static long Unknowns(Problem problem) =>
        problem.FrontEnd.Match(Some: front => front.Projection.Columns, None: () => problem.Dims.D)
        * (long)(problem.Dims.N - problem.Known.Count);

    /// <summary>Independent numbers observed: entries seen, less one per row after a softmax.</summary>
    public static long Equations(Problem problem) =>
        problem.Observation == Observation.Output
            ? (long)problem.Dims.N * problem.Dims.D
            : Enumerable.Range(0, problem.Layer.Heads.Count).Sum(head => Entries(problem, head)) + OutputEntries(problem);

    /// <summary>
    /// A lower bound on the nullity: a head of rank r cannot fill more than the n×n maps of that rank do, and no token is moved by more directions than
    /// its heads have for it.
    /// </summary>
    public static long Nullity(Problem problem)
    {
        if (problem.Observation == Observation.Output) return 0;
        return Math.Max(ByHead(problem), ByToken(problem));
    }

    private static long ByHead(Problem problem)
    {
        var n = problem.Dims.N;
        var shift = problem.Observation == Observation.Attention ? 1 : 0;
        var filled = problem.Layer.Heads.Map((index, head) =>
        {
            var r = Math.Min(head.Dimension, Math.Min(problem.Dims.D, n - shift));
            return Math.Min(Entries(problem, index), (long)r * (2 * n - shift - r));
        }).Sum();
        return Math.Max(0, Unknowns(problem) - filled - OutputEntries(problem));
    }

    // (C23): token i asks in d_h directions at most, and in no more than there are keys to tell apart; it is asked in those of every head that has
    // keys of its own, and in no more than there are queries that see it.
    private static long ByToken(Problem problem)
    {
        if (problem.Output.IsSome || problem.FrontEnd.IsSome) return 0;
        var (layer, n, causal) = (problem.Layer, problem.Dims.N, problem.Layer.Mask == Mask.Causal);
        var shift = problem.Observation == Observation.Attention ? 1 : 0;
        var groups = layer.KeyGroups.Distinct().Map(first => layer.Heads[first]);
        return Enumerable.Range(0, n).Where(i => !problem.Known.ContainsKey(i)).Sum(i =>
        {
            var asks = layer.Heads.Map(head => Math.Min(head.Dimension, (causal ? i + 1 : n) - shift)).Sum();
            var asked = groups.Map(head => Math.Min(head.Dimension, causal ? n - i : n)).Sum();
            return (long)Math.Max(0, problem.Dims.D - asks - asked);
        });
    }

    private static long OutputEntries(Problem problem) => problem.Output.Map(output => (long)output.Values.Length).IfNone(0);

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
