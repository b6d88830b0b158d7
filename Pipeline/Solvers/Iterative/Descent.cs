namespace Unmask.Pipeline.Solvers;

/// <summary>Where a descent ended.</summary>
internal sealed record Arrival(double[] States, double Loss, int Iterations, bool Converged)
{
    /// <summary>Products with the curvature, and factorisations of it, that the steps took.</summary>
    public (long Products, int Factors) Work { get; init; }
}

/// <summary>
/// When a descent may stop. The norm of the residual, √(2L), bounds every entry of it; it has to fall to the tolerance, or to the
/// <paramref name="Noise"/> of the observation where that is larger, and is pushed a hundred times further while every step makes it ten times smaller: the last
/// digits are worth a few quick steps but not a long struggle with rounding.
/// </summary>
internal sealed record StoppingRule(double Noise, int MaxIterations, SolverOptions Options)
{
    private const double Ambition = 0.01;

    /// <summary>Time is up, and nobody wants to hear nothing.</summary>
    public bool AtDeadline => Options.Deadline.IsCancellationRequested && !Options.Cancellation.IsCancellationRequested;

    public bool Reached(double loss) => Math.Sqrt(2 * loss) <= Math.Max(Ambition * Options.Tolerance, Noise);

    public bool Suffices(double loss) => Math.Sqrt(2 * loss) <= Math.Max(Options.Tolerance, Noise);
}

/// <summary>One way down from a start.</summary>
internal delegate Arrival Descent(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule);
