namespace Unmask.Pipeline;

/// <summary>How near an answer came to the truth, as far as the truth is known.</summary>
/// <param name="TokenAccuracy">The share of positions with the right token.</param>
/// <param name="RelativeError">‖X̂ − X‖ / ‖X‖ in the Frobenius norm.</param>
public sealed record Comparison(Option<double> TokenAccuracy, Option<double> RelativeError);

/// <summary>An answer beside the truth, for reports alone: nothing that searches or judges may look at it.</summary>
public static class Compare
{
    /// <summary>Whether this truth is of this problem's size, to be asked before time is spent on a search.</summary>
    public static Fin<Unit> Fits(Truth truth, Problem problem) =>
        from _ in Door.Require(
            truth.Ids.ForAll(ids => ids.Count == problem.Dims.N),
            () => Faults.TruthLength(truth.Path, truth.Ids.Map(ids => ids.Count).IfNone(0), problem.Dims.N))
        from states in truth.States.Find(problem.Layer.Index).Match(
            Some: x => Sized.States(truth.Path, $"hidden_states.{problem.Layer.Index}", x, problem.Dims).Map(_ => unit),
            None: () => unit)
        select states;

    /// <summary>The comparison; each part only where both sides have it.</summary>
    public static Func<Estimate, Comparison> With(Truth truth, int layer) => estimate => new Comparison(
        from reading in estimate.Tokens
        from ids in truth.Ids
        select Accuracy(reading.Ids, ids),
        truth.States.Find(layer).Map(x => RelativeError(estimate.States, x)));

    public static double Accuracy(Seq<int> read, Seq<int> truth) =>
        (double)read.Zip(truth).Count(pair => pair.Item1 == pair.Item2) / Math.Max(1, truth.Count);

    public static double RelativeError(Matrix estimate, Matrix truth) => (estimate - truth).FrobeniusNorm() / truth.FrobeniusNorm();
}
