using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline;

/// <summary>How near an answer came to the truth, as far as the truth is known.</summary>
/// <param name="TokenAccuracy">The share of positions with the right token.</param>
/// <param name="RelativeError">‖X̂ − X‖ / ‖X‖ in the Frobenius norm, over the tokens that the verdict calls determined, for X or its mirror image, where it leaves that open.</param>
/// <param name="TokensCompared">How many these are.</param>
/// <param name="MirrorApart">Whether the choice between X and its mirror image was left open.</param>
public sealed record Comparison(Option<double> TokenAccuracy, Option<double> RelativeError, int TokensCompared, bool MirrorApart);

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
    public static Func<Verdict, Comparison> With(Truth truth, Problem problem) => verdict =>
    {
        var left = verdict.Identifiability.Resolution.Map(resolution => resolution.Undetermined).IfNone(Seq<int>());
        var tokens = toSeq(Enumerable.Range(0, problem.Dims.N)).Filter(i => !left.Contains(i)).Strict();
        var compared = tokens.IsEmpty ? toSeq(Enumerable.Range(0, problem.Dims.N)).Strict() : tokens;
        var estimate = verdict.Estimate;
        var settled = verdict.Identifiability is { Nullity: 0 } found && found.Symmetry == Symmetry.Unique;
        var mirrored = estimate.Tokens.IsSome || settled ? None : Naming.Mirrored(problem, estimate.States);
        return new Comparison(
            from reading in estimate.Tokens
            from ids in truth.Ids
            select Accuracy(reading.Ids, ids),
            truth.States.Find(problem.Layer.Index).Map(x => x.ColumnsAt(compared)).Map(x => Seq(Some(estimate.States), mirrored).Somes().Map(found => RelativeError(found.ColumnsAt(compared), x)).Min()),
            compared.Count,
            mirrored.IsSome);
    };

    public static double Accuracy(Seq<int> read, Seq<int> truth) =>
        (double)read.Zip(truth).Count(pair => pair.Item1 == pair.Item2) / Math.Max(1, truth.Count);

    public static double RelativeError(Matrix estimate, Matrix truth) => (estimate - truth).FrobeniusNorm() / truth.FrobeniusNorm();
}
