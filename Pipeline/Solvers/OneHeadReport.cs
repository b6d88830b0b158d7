using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>What a closed form for one head says of its answer: the loss of the map recomputed from X, and whether that explains it.</summary>
internal static class OneHeadReport
{
    /// <param name="name">Of the solver.</param>
    /// <param name="problem">Of scores or attention.</param>
    /// <param name="x">The answer, d×n.</param>
    /// <param name="steps">Polishing steps that were taken.</param>
    /// <param name="options">With the tolerance.</param>
    public static Estimate Of(string name, Problem problem, Matrix x, int steps, SolverOptions options)
    {
        var head = problem.Layer.Heads[0];
        var again = problem.Observation == Observation.Scores
            ? Forward.Scores(problem.Layer, head, x)
            : Forward.Attention(problem.Layer, head, x);
        var loss = 0.5 * Math.Pow((again - problem.Observed[0]).FrobeniusNorm(), 2);
        var residual = ResidualOf.At(problem, x);
        var converged = residual.Max <= options.Tolerance || Explained.Holds(problem, residual);
        return new Estimate(x, new SolverReport(name, steps, 0, converged, loss), None);
    }
}
