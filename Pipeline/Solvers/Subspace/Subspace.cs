namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Several heads over one X: row spaces of keys and queries are read off the maps, and X is the null vector of a linear system. No start, no
/// search. docs/subspace.md.
/// </summary>
public static class Subspace
{
    internal const string Name = "subspace";

    /// <summary>Solves the problem, or says why this cannot.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options)
    {
        try
        {
            return
                from each in Averages.PerHead(Name, problem)
                from applies in Applies(problem)
                from split in TokenSplit.Of(problem.Layer, problem.Dims.N)
                let maps = problem.Observed.Map(map => WeightedBlock.Of(problem, map)).Strict()
                let unbiased = UnbiasedLayer.Of(problem.Layer)
                from first in Around(problem, maps, split, unbiased, options)
                select first.Solver.Converged ? first : Nearer(problem, maps, split, unbiased, first, options);
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return Faults.Interrupted();
        }
    }

    private static Fin<Estimate> Around(Problem problem, Seq<WeightedBlock> maps, TokenSplit split, UnbiasedLayer unbiased, SolverOptions options) =>
        from found in SubspaceAnswer.Of(unbiased.Layer, maps, split, options)
        from states in Sized(unbiased, maps, found)
        let x = TokenPlacement.Complete(problem.Layer, maps, problem.Dims.N, found.Tokens, unbiased.Back(states), options)
        from finite in x.AllFinite() ? FinSucc(x) : Faults.StatesNotFinite()
        select Better(problem, unbiased, maps, x, options);

    // Once more where the shift that makes up for biases is long, and its rounding may have drowned the rest. What that leaves of the mean a polish has to find.
    private static Estimate Nearer(Problem problem, Seq<WeightedBlock> maps, TokenSplit split, UnbiasedLayer unbiased, Estimate first, SolverOptions options)
    {
        var steady = UnbiasedLayer.Of(problem.Layer, UnbiasedLayer.Steady);
        return steady.Shift.Equals(unbiased.Shift) ? first : Around(problem, maps, split, steady, options).Match(
            Succ: second => second.Solver.Loss < first.Solver.Loss ? second with { Solver = second.Solver with { Converged = false } } : first,
            Fail: _ => first);
    }

    private static Fin<Unit> Applies(Problem problem)
    {
        var layer = problem.Layer;
        string? why = !problem.Observation.IsOfMaps() ? "it needs scores or attention maps"
            : layer.Heads.Count < 2 ? "it takes several heads, the layer has one"
            : SubspaceCount.Seen(layer) <= layer.D
                ? $"keys and queries of all heads are {SubspaceCount.Seen(layer)} numbers for each token, and must be more than d={layer.D}"
            : !SubspaceCount.Suffices(layer)
                ? "without positions, so few keys for so many queries leave more than one solution, whatever the number of tokens"
            : null;
        return why is null ? unit : Faults.SolverDoesNotApply(Name, why);
    }

    // The length is told by heads whose queries are right as they are; where some are not, the mean is told by all once the length is known.
    private static Fin<Matrix> Sized(UnbiasedLayer unbiased, Seq<WeightedBlock> maps, SubspaceAnswer found)
    {
        var layer = unbiased.Layer;
        var open = UnbiasedLayer.ShiftsFreely(layer) && !layer.Heads.ForAll(found.SeesQueries);
        var telling = toSeq(Enumerable.Range(0, layer.Heads.Count)).Filter(h => !open || found.SeesQueries(layer.Heads[h])).Strict();
        var states = found.States(unbiased.Least);
        var direction = (Math.Sqrt(states.Values.Length) / states.FrobeniusNorm()) * states;
        var those = layer with { Heads = telling.Map(h => layer.Heads[h]).Strict() };
        return StateScale.Of(those, telling.Map(h => maps[h]).Strict(), Spread(direction, found.Tokens, maps[0].Rows), found.Tokens)
            .Map(scale => open ? StateMean.Completed(layer, maps, scale * direction, found.Tokens) : scale * direction);
    }

    private static Matrix Spread(Matrix x, IReadOnlyList<int> tokens, int n)
    {
        var all = new double[x.Rows * n];
        for (var k = 0; k < tokens.Count; k++)
            for (var c = 0; c < x.Rows; c++) all[c * n + tokens[k]] = x[c, k];
        return Matrix.Own(x.Rows, n, all);
    }

    // Refined where the maps are not explained yet, and only if that lowers what is left.
    private static Estimate Better(Problem problem, UnbiasedLayer unbiased, Seq<WeightedBlock> maps, Matrix x, SolverOptions options)
    {
        var left = SubspaceResidual.Of(problem.Layer, maps, x);
        if (left.Explained) return Kept(x, left, 0);
        var refined = TokenPlacement.Refine(problem.Layer, maps, x, options);
        var after = SubspaceResidual.Of(problem.Layer, maps, refined);
        return after.Weighted < left.Weighted ? Kept(refined, after, 1) : Kept(x, left, 0);

        Estimate Kept(Matrix states, SubspaceResidual residual, int steps) =>
            Report(problem, unbiased, residual.Explained ? ZeroBounds.Kept(problem, maps, states, options) : states, residual, steps);
    }

    private static Estimate Report(Problem problem, UnbiasedLayer unbiased, Matrix x, SubspaceResidual left, int steps)
    {
        // Both signs explain the maps where no bias is left. Known columns tell which it was, and scores by what their rows have in common. Else
        // the shorter one: the shift between the two is long where queries are badly conditioned, and rounding grows with it.
        var open = unbiased.Layer.Heads.ForAll(head => head.QueryBias.IsNone && head.KeyBias.IsNone);
        var (states, loss) = (open ? Seq(x, unbiased.Mirror(x)) : Seq1(x))
            .Map(one => (States: one, Loss: Loss(problem, one)))
            .OrderBy(one => Distance(problem, one.States)).ThenBy(one => problem.Observation == Observation.Scores ? one.Loss : 0)
            .ThenBy(one => one.States.FrobeniusNorm()).First();
        return new Estimate(states, new SolverReport(Name, steps, 0, left.Explained, loss), None);
    }

    private static double Distance(Problem problem, Matrix x) => problem.Known.Pairs.Sum(known =>
        Enumerable.Range(0, x.Rows).Sum(c => Math.Pow(x[c, known.Item1] - known.Item2[c], 2)));

    private static double Loss(Problem problem, Matrix x) => problem.Layer.Heads.Zip(problem.Observed, (head, observed) =>
    {
        var again = problem.Observation == Observation.Scores ? Forward.Scores(problem.Layer, head, x) : Forward.Attention(problem.Layer, head, x);
        var squares = 0.0;
        // Minus infinity is in both above the diagonal of causal scores.
        for (var k = 0; k < again.Values.Length; k++)
            if (double.IsFinite(observed.Values[k])) squares += Math.Pow(again.Values[k] - observed.Values[k], 2);
        return 0.5 * squares;
    }).Sum();
}
