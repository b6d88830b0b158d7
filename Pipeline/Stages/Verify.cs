using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline;

/// <summary>The last stage: what may be said of an answer, from the problem and the answer alone.</summary>
public static class Verify
{
    public static Func<Estimate, Fin<Verdict>> Against(Problem problem) => estimate =>
        from residual in ResidualAt(problem, estimate)
        from identifiability in estimate.Tokens.Match(
            Some: reading => FinSucc(TokenVerdict.Identifiability(problem, reading)),
            None: () => Identify.At(problem, estimate.Explaining).Map(found => Ambiguity.In(problem, estimate, found)))
        select new Verdict(Kind(problem, estimate, residual, identifiability), identifiability, residual, estimate);

    private static Fin<Residual> ResidualAt(Problem problem, Estimate estimate) =>
        (estimate.States.Rows, estimate.States.Columns) != (problem.Dims.D, problem.Dims.N)
            ? Faults.WrongStates(estimate.States.Rows, estimate.States.Columns, problem.Dims)
            : !estimate.States.AllFinite() ? Faults.StatesNotFinite()
            : ResidualOf.At(problem, estimate.Explaining);

    private static VerdictKind Kind(Problem problem, Estimate estimate, Residual residual, Identifiability identifiability) =>
        estimate.Tokens.Match(
            Some: reading => Explained.HoldsForTokens(problem, residual) ? TokenVerdict.Kind(reading) : VerdictKind.NotConverged,
            None: () => !Explained.Holds(problem, residual) ? VerdictKind.NotConverged
                : estimate.Ambiguous.IsEmpty ? KindOf(identifiability)
                : VerdictKind.Partial);

    // A freedom without a name is an answer among many, unless it spares whole tokens or nearly all directions; a named symmetry is the answer up to
    // it. What noise hides beyond that is missing from either.
    private static VerdictKind KindOf(Identifiability identifiability) =>
        identifiability.Symmetry == Symmetry.Subspace(identifiability.Nullity)
            ? identifiability.Resolution.Exists(resolution => Spares(identifiability, resolution)) ? VerdictKind.Partial : VerdictKind.Underdetermined
        : identifiability.Resolution.Exists(resolution => resolution.Hidden > identifiability.Nullity) ? VerdictKind.Partial
        : identifiability.Symmetry == Symmetry.Unique ? VerdictKind.Recovered
        : VerdictKind.RecoveredUpToSymmetry;

    private static bool Spares(Identifiability identifiability, Resolution resolution) =>
        !double.IsNaN(resolution.Error) || resolution.Hidden <= identifiability.Unknowns / 10;
}
