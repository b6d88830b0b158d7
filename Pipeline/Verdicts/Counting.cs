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
        !problem.Observation.IsOfMaps()
            ? (long)problem.Dims.N * problem.Dims.D
            : Enumerable.Range(0, problem.Observed.Count).Sum(head => Entries(problem, head)) + OutputEntries(problem);

    /// <summary>
    /// A lower bound on the nullity: a head of rank r cannot fill more than the n×n maps of that rank do, and no token is moved by more directions than
    /// its heads have for it.
    /// </summary>
    public static long Nullity(Problem problem) => !problem.Observation.IsOfMaps() ? 0 : Math.Max(
        ByHead(problem.Layer, problem.Dims.N, problem.Observation, head => Entries(problem, head)) - OutputEntries(problem),
        problem.Output.IsSome || problem.FrontEnd.IsSome
            ? 0
            : ByToken(problem.Layer, problem.Dims.N, problem.Observation, i => !problem.Known.ContainsKey(i)));

    /// <summary>The same before anything was observed, where every visible entry counts.</summary>
    public static long Nullity(AttentionLayer layer, int n, Observation observation) => !observation.IsOfMaps() ? 0 : Math.Max(
        ByHead(layer, n, observation, _ => Visible(layer, n) - (observation == Observation.Attention ? n : 0)),
        ByToken(layer, n, observation, _ => true));

    private static long ByHead(AttentionLayer layer, int n, Observation observation, Func<int, long> entries)
    {
        var shift = observation == Observation.Attention ? 1 : 0;
        var filled = layer.Heads.Map((index, head) =>
        {
            var r = Math.Min(head.Dimension, Math.Min(layer.D, n - shift));
            return Math.Min(entries(index), (long)r * (2 * n - shift - r));
        }).Sum();
        return Math.Max(0, (long)layer.D * n - filled);
    }

    // (C23): token i asks in d_h directions at most, and in no more than there are keys to tell apart; it is asked in those of every head that has
    // keys of its own, and in no more than there are queries that see it.
    private static long ByToken(AttentionLayer layer, int n, Observation observation, Func<int, bool> isUnknown)
    {
        var (causal, shift) = (layer.Mask == Mask.Causal, observation == Observation.Attention ? 1 : 0);
        var groups = layer.KeyGroups.Distinct().Map(first => layer.Heads[first]).Strict();
        return Enumerable.Range(0, n).Where(isUnknown).Sum(i =>
        {
            var asks = layer.Heads.Map(head => Math.Min(head.Dimension, (causal ? i + 1 : n) - shift)).Sum();
            var asked = groups.Map(head => Math.Min(head.Dimension, causal ? n - i : n)).Sum();
            return (long)Math.Max(0, layer.D - asks - asked);
        });
    }

    private static long Visible(AttentionLayer layer, int n) => layer.Mask == Mask.Causal ? (long)n * (n + 1) / 2 : (long)n * n;

    private static long OutputEntries(Problem problem) => problem.Output.Map(output => (long)output.Values.Length).IfNone(0);

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
