using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>The solvers that walk downhill on the emitted kernels, from a given or a random start, with restarts.</summary>
public static class IterativeSolvers
{
    /// <summary>Levenberg–Marquardt with Gauss–Newton products, in log space where the map allows it.</summary>
    public static Solver LevenbergMarquardt(KernelTable? table = null) => From("lm", 300, DampedNewton.GaussNewton, table);

    /// <summary>The paper's regularised Newton method with exact Hessian products, on the same loss.</summary>
    public static Solver Newton(KernelTable? table = null) => From("newton", 300, DampedNewton.Hessian, table);

    /// <summary>Gradient descent, the baseline.</summary>
    public static Solver Gradient(KernelTable? table = null) => From("gradient", 20_000, GradientDescent.Run, table);

    private static Solver From(string name, int iterations, Descent descent, KernelTable? table) => (problem, options) =>
        from bound in BoundKernel.Of(problem, table ?? KernelTable.BuiltIn, name)
        from _ in CheckStart(problem, options)
        from estimate in Search(problem, options, bound, name, options.MaxIterations.IfNone(iterations), descent)
        select estimate;

    private static Fin<Estimate> Search(Problem problem, SolverOptions options, BoundKernel bound, string name, int iterations, Descent descent)
    {
        var rule = new StoppingRule(bound.Noise, iterations, options);
        try
        {
            // The first start that arrives ends the search; otherwise the lowest loss is kept.
            var best = descent(bound, Starts.At(problem.Dims, options, 0), rule);
            var restart = 0;
            foreach (var start in Screening.Promising(bound, problem.Dims, options, best.Converged ? 0 : options.Restarts))
            {
                if (best.Converged || rule.AtDeadline) break;
                restart++;
                var other = descent(bound, start, rule);
                if (other.Converged || other.Loss < best.Loss || double.IsNaN(best.Loss)) best = other;
            }

            var states = Matrix.Of(problem.Dims.D, problem.Dims.N, best.States);
            return new Estimate(states, new SolverReport(name, best.Iterations, restart, best.Converged, best.Loss), None);
        }
        catch (OperationCanceledException) when (options.Cancellation.IsCancellationRequested)
        {
            return Faults.Interrupted();
        }
    }

    private static Fin<Unit> CheckStart(Problem problem, SolverOptions options) => options.Start.Match(
        start => (start.Rows, start.Columns) == (problem.Dims.D, problem.Dims.N)
            ? FinSucc(unit)
            : FinFail<Unit>(Faults.BadStart(start, problem.Dims)),
        () => FinSucc(unit));
}
