using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Weighted Levenberg–Marquardt from a start near the answer to the noise floor of the observation, for any layer: heads that share X, rotary
/// positions, biases, either mask, entries that are missing, an output beside the maps. docs/identifiability.md (N1)–(N10).
/// </summary>
public static class Polish
{
    private const string Name = "polish";
    // Root mean square of log p that closed forms leave in double precision where nothing is badly conditioned. A layer that hardly sees a direction turns
    // 4e-10 into 5e-6 of X, once in a thousand draws: so a tenth of it where a polish takes a second or two, and not a minute.
    private const double ClosedForm = 1e-9;
    private const double OfFewUnknowns = 1e-10;
    private const int FewUnknowns = 5000;

    /// <summary>Polishes the start that the options give.</summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        from each in Averages.PerHead(Name, problem)
        from start in options.Start.ToFin(Faults.SolverDoesNotApply(Name, "it needs a start near the answer"))
        from estimate in From(problem, start, options)
        select estimate;

    /// <summary>The answer near <paramref name="start"/> (d×n); known columns are taken from the problem.</summary>
    public static Fin<Estimate> From(Problem problem, Matrix start, SolverOptions options) =>
        (start.Rows, start.Columns) != (problem.Dims.D, problem.Dims.N) ? Faults.BadStart(start, problem.Dims)
        : !problem.Observation.IsOfMaps() ? Faults.SolverDoesNotApply(Name, "it needs scores or maps")
        : !start.AllFinite() ? Faults.StatesNotFinite()
        : Run(problem, Within(problem, start), options);

    /// <summary>After a solver that gave no tokens: its answer, polished where storage left it short of what the observation holds.</summary>
    public static Fin<Estimate> After(Problem problem, Estimate estimate, SolverOptions options) =>
        !problem.Observation.IsOfMaps() || estimate.Tokens.IsSome || !Worthwhile(problem, estimate)
            ? estimate
            : From(problem, estimate.States, options).Map(polished => !polished.Solver.Converged && estimate.Solver.Converged
                ? estimate
                : polished with
                {
                    Solver = polished.Solver with
                    {
                        Name = estimate.Solver.Name,
                        Iterations = estimate.Solver.Iterations + polished.Solver.Iterations,
                        Restarts = estimate.Solver.Restarts,
                    },
                });

    private static bool Worthwhile(Problem problem, Estimate estimate) =>
        problem.Precision != Precision.Float64
        || (ResidualOf.At(problem, estimate.States) is var left && (left.RmsLog > Tolerated(problem.Dims) || !Explained.Holds(problem, left)));

    private static double Tolerated(Dims dims) => dims.D * dims.N <= FewUnknowns ? OfFewUnknowns : ClosedForm;

    // Known columns as they are, the others as near as the front end can make them.
    private static Matrix Within(Problem problem, Matrix start) => WithKnown(problem, problem.FrontEnd.Match(
        Some: front => front.Offset + front.Projection * Features(front, start),
        None: () => start));

    private static Matrix Features(FrontEnd front, Matrix states) =>
        HouseholderQr.Of(front.Projection).Solve(states - front.Offset);

    private static Matrix WithKnown(Problem problem, Matrix start) =>
        Matrix.Create(start.Rows, start.Columns, (a, i) => problem.Known.Find(i).Match(Some: column => column[a], None: () => start[a, i]));

    private static Fin<Estimate> Run(Problem problem, Matrix start, SolverOptions options)
    {
        try
        {
            var (from, steps) = (start, 0);
            var arrival = ArithmeticShare.Chosen(Descend, reached => reached.PerFreedom);
            var converged = arrival.Settled && Explained.Holds(problem, ResidualOf.At(problem, arrival.States));
            return new Estimate(arrival.States, new SolverReport(Name, steps, 0, converged, arrival.Loss), None)
            {
                Features = problem.FrontEnd.Map(front => Features(front, arrival.States)),
            };

            // The second descent begins where the first ended.
            PolishArrival Descend(double share)
            {
                var reached = PolishDescent.Run(problem, from, share, options);
                (from, steps) = (reached.States, steps + reached.Steps);
                return reached;
            }
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return Faults.Interrupted();
        }
    }
}
