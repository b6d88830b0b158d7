namespace Unmask.Pipeline;

/// <summary>How long and from where to search. The same options give the same bytes.</summary>
public sealed record SolverOptions
{
    public static SolverOptions Default { get; } = new();

    /// <summary>Outer iterations; a solver's own default when absent.</summary>
    public Option<int> MaxIterations { get; init; }

    /// <summary>
    /// An iterative solver has converged when the norm of its residual, and so every entry of it, is at most this (or the rounding of the
    /// observation, where that is larger).
    /// </summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Further starts after the first fails: the most promising of sixteen times as many random ones.</summary>
    public int Restarts { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Where an iterative solver starts, d×n; a seeded random X when absent.</summary>
    public Option<Matrix> Start { get; init; }

    /// <summary>Threads a solver may use; all of this machine when absent. The answer does not depend on it.</summary>
    public Option<int> Threads { get; init; }

    /// <summary>Ends the search with nothing.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Ends the search with the best so far, marked as not converged, from solvers that have one; with nothing from the others.</summary>
    public CancellationToken Deadline { get; init; }

    /// <summary>Told of every outer iteration.</summary>
    public Action<SolverProgress> Progress { get; init; } = static _ => { };
}

/// <summary>One line of progress: which solver, how far, how good so far.</summary>
public readonly record struct SolverProgress(string Solver, int Done, int Of, double Residual);

/// <summary>A way to answer a problem.</summary>
public delegate Fin<Estimate> Solver(Problem problem, SolverOptions options);
