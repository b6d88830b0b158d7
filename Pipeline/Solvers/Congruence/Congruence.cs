using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head, no mask, more tokens than dimensions: X in closed form, up to the isometries of W, by the congruence AᵀWA = K.
/// No start, no search. docs/closed-form.md.
/// </summary>
public static class Congruence
{
    /// <summary>Solves the problem, or says why the closed form cannot.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from target in CongruenceTarget.Of(problem)
        from regular in Regular(target)
        from sylvester in TransposeSylvester.Of(target.W)
        let factor = CongruenceFactor.Of(target)
        from isometry in sylvester.Congruence(factor.K)
        let polished = CongruencePolish.Run(target, sylvester, factor.States(target, isometry), options)
        from _ in options.Cancellation.IsCancellationRequested ? FinFail<Unit>(Faults.Interrupted()) : unit
        from states in polished.States.AllFinite() ? FinSucc(polished.States) : Faults.CongruenceDegenerate("the states overflow")
        select OneHeadReport.Of("congruence", problem, states, polished.Steps, options);

    // A W whose pivots fall by more than this leaves no digit of its weakest directions in double precision.
    private static Fin<Unit> Regular(CongruenceTarget target)
    {
        var pivots = HouseholderQr.Of(target.W, target.D, pivoted: true);
        return pivots.Pivot(target.D - 1) > 1e-13 * pivots.Pivot(0)
            ? unit
            : Faults.CongruenceDegenerate("W is singular to working precision");
    }
}
