namespace Unmask.Pipeline.Solvers;

/// <summary>Where a descent ended.</summary>
internal sealed record Arrival(double[] States, double Loss, int Iterations, bool Converged);

/// <summary>When a descent may stop: residual norm √(2L) at or below <paramref name="Goal"/>, or after <paramref name="MaxIterations"/>.</summary>
internal sealed record StoppingRule(double Goal, int MaxIterations, SolverOptions Options)
{
    public bool Reached(double loss) => Math.Sqrt(2 * loss) <= Goal;
}

/// <summary>One way down from a start.</summary>
internal delegate Arrival Descent(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule);
