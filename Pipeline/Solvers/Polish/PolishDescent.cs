using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>Where a descent ended: X (d×n), ½χ², χ² per degree of freedom, and whether no step promised anything more.</summary>
internal sealed record PolishArrival(Matrix States, double Loss, double PerFreedom, int Steps, bool Settled);

/// <summary>
/// The descent: Gauss–Newton steps in the coordinates of <see cref="TokenFrames"/>, damped by what agreement of model and χ² allows, and by what is known
/// of X before: as long as χ² says that the noise were larger, weak directions wait. The frames and, as long as it serves, the factor are those of
/// the start. docs/identifiability.md (N10).
/// </summary>
internal static class PolishDescent
{
    private const int DefaultSteps = 40;
    private const int Dense = 20_000;

    // What a token's own equations see this much less of than of the rest is rounding.
    private const double LeastSeen = 1e-11;

    // In the coordinates of the frames the curvature is of size one. Less damping than the least, and rounding decides what is positive definite.
    private const double FirstDamping = 1e-9;
    private const double LeastDamping = 1e-12;
    private const double MostDamping = 1e6;
    private const double Relief = 64;
    private const double Penalty = 16;

    // Of ½χ²: a step that promises less is a fraction of a standard deviation in all directions together.
    private const double Gain = 1e-2;

    /// <param name="problem">Of scores or maps.</param>
    /// <param name="start">d×n; known columns do not move.</param>
    /// <param name="share">How much float32 arithmetic the weights allow for.</param>
    /// <param name="options">Threads, cancellation, deadline, progress and the most steps.</param>
    public static PolishArrival Run(Problem problem, Matrix start, double share, SolverOptions options)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, options.Deadline);
        int? threads = options.Threads.Case is int given ? given : null;
        var (d, n, limit) = (problem.Dims.D, problem.Dims.N, options.MaxIterations.IfNone(DefaultSteps));
        var chiSquare = new ChiSquare(problem, start, share, threads);
        var (x, trial, gradient) = (Rows(start), new PaddedMatrix<double>(n, d), new PaddedMatrix<double>(n, d));
        var loss = chiSquare.MoveTo(x);
        var prior = TokenFrames.Prior(start);
        var frames = TokenFrames.At(chiSquare, d, n, problem.Known.ContainsKey, problem.FrontEnd.Map(front => front.Projection), prior, LeastSeen, threads);
        var freedom = Math.Max(1, chiSquare.Equations - frames.Count);
        // A fit takes up its share of what rounding makes of the residuals, and promises that much at every step.
        var gain = Math.Max(Gain, 0.5 * chiSquare.OwnRounding * frames.Count / Math.Max(1, chiSquare.Equations));
        var (damping, steps, settled) = (FirstDamping, 0, frames.Count == 0);
        var (slope, y) = (new double[frames.Count], new double[frames.Count]);
        try
        {
            var linear = new PolishStep(chiSquare, frames, d, Dense, threads, end.Token);
            while (!settled && steps < limit && damping < MostDamping && double.IsFinite(loss)) Step(linear);
        }
        catch (OperationCanceledException) when (!options.Cancellation.IsCancellationRequested)
        {
            // The deadline: x is the last point that was accepted.
        }

        var states = new double[n * d];
        x.CopyTo(states);
        return new PolishArrival(Matrix.Own(n, d, states).Transpose(), loss, 2 * loss / freedom, steps, settled);

        void Step(PolishStep linear)
        {
            options.Progress(new SolverProgress("polish", steps, limit, Math.Sqrt(2 * loss / freedom)));
            chiSquare.Gradient(gradient);
            frames.Compress(gradient, slope);
            var promised = linear.Solve(damping, prior * Math.Max(1, 2 * loss / freedom), slope, y);
            steps++;
            if (promised <= gain)
            {
                settled = true;
                return;
            }

            frames.Expand(y, trial);
            TensorPrimitives.Add(x.Padded, trial.Padded, trial.Padded);
            var reached = double.IsNaN(promised) ? double.NaN : chiSquare.MoveTo(trial);
            if (reached < loss)
            {
                // No more than rounding is left where a step gains far less than it promised.
                settled = loss - reached < 1e-3 * promised;
                (x, trial, loss) = (trial, x, reached);
                damping = Math.Max(LeastDamping, damping / Relief);
                return;
            }

            chiSquare.MoveTo(x);
            damping *= Penalty;
        }
    }

    private static PaddedMatrix<double> Rows(Matrix states)
    {
        var rows = new PaddedMatrix<double>(states.Columns, states.Rows);
        rows.Set(states.Transpose().Values);
        return rows;
    }
}
