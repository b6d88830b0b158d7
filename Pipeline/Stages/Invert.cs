using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline;

/// <summary>The third stage: a problem becomes an estimate.</summary>
public static class Invert
{
    private const int DoesNotApply = 110;

    /// <summary>Every solver by the name it has on the command line.</summary>
    public static Seq<(string Name, Solver Solver)> Solvers { get; } = Seq<(string, Solver)>(
        ("tokens", AllOrNothing(TokenSearch.Solve)),
        ("output-linear", OutputLinear.Solve),
        (ResidualStream.Name, ResidualStream.Solve),
        ("front-end", FrontEndLinear.Solve),
        ("congruence", AllOrNothing(Congruence.Solve)),
        ("subspace", AllOrNothing(Subspace.Solve)),
        ("lm", IterativeSolvers.LevenbergMarquardt()),
        ("newton", IterativeSolvers.Newton()),
        ("gradient", IterativeSolvers.Gradient()),
        ("polish", Polish.Solve));

    // Closed forms weigh all entries alike and stop where algebra does: the noise floor is one polish further.
    private static readonly Seq<string> Polished = Seq("congruence", "subspace");

    /// <summary>
    /// This solver and no other. What is known of X, and the norm before the layer, choose among the answers that the observation cannot tell apart.
    /// </summary>
    public static Func<Problem, Fin<Estimate>> With(Solver solver, SolverOptions options) => problem =>
        solver(problem, options).Map(estimate => NormTest.Nearest(problem, Alignment.Aligned(problem, estimate)));

    /// <summary>
    /// The solver that asks least of the problem: tokens where there is a vocabulary, else what is linear where an output was observed beside the
    /// maps, else fixed points and Newton's method where the residual stream was, else a closed form, else Levenberg–Marquardt. The next one is asked where one does not apply (110) or did not arrive (3xx). A closed
    /// form's answer is polished. A given start is for Levenberg–Marquardt alone, or for a residual stream.
    /// </summary>
    public static Func<Problem, Fin<Estimate>> Auto(SolverOptions options) => problem =>
        Among(options.Start.IsSome ? Seq1(problem.Observation == Observation.Residual ? ResidualStream.Name : "lm") : Seq("tokens", "output-linear", ResidualStream.Name, "front-end", "congruence", "subspace", "lm"), problem, options, Seq<Error>());

    /// <summary><see cref="Auto"/>, or the named solver.</summary>
    public static Fin<Func<Problem, Fin<Estimate>>> Named(string name, SolverOptions options) =>
        name == "auto"
            ? FinSucc(Auto(options))
            : Solvers.Find(known => known.Name == name)
                .Map(known => With(known.Solver, options))
                .ToFin(Faults.NoSuchSolver(name, Solvers.Map(known => known.Name)));

    // A closed form and a search from left to right have nothing to show before they are done: for them a deadline is a cancellation.
    private static Solver AllOrNothing(Solver solver) => (problem, options) =>
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, options.Deadline);
        return solver(problem, options with { Cancellation = end.Token });
    };

    private static Fin<Estimate> Among(Seq<string> names, Problem problem, SolverOptions options, Seq<Error> refusals) =>
        names.IsEmpty
            ? Nobody(problem, refusals)
            : Named(names.Head, options).Bind(invert => invert(problem)).Bind(estimate => Finish(names.Head, problem, estimate, options)).Match(
                Succ: FinSucc,
                Fail: error => PassesOn(error) ? Among(names.Tail, problem, options, refusals.Add(error)) : error);

    private static Fin<Estimate> Finish(string name, Problem problem, Estimate estimate, SolverOptions options) =>
        Polished.Contains(name) ? Polish.After(problem, estimate, options).Map(polished => NormTest.Nearest(problem, polished)) : estimate;

    private static bool PassesOn(Error error) =>
        error.Code == DoesNotApply || (error.Code is >= 300 and < 400 && error.Code != Faults.Interrupted().Code);

    // Where a solver did apply, its failure is the answer; otherwise every refusal is a reason.
    private static Error Nobody(Problem problem, Seq<Error> refusals) =>
        refusals.Find(error => error.Code != DoesNotApply).IfNone(() => Faults.NobodySolves(problem, refusals));
}
