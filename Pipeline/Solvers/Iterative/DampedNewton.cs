using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Newton's method with a damping λ that follows the agreement of model and loss, and a second-order correction of each step that follows the
/// bend of the residual. With Gauss–Newton products it is Levenberg–Marquardt; with exact Hessian products it is the regularised Newton
/// method of the paper, λ → 0 at the end, so that the minimiser is that of the loss itself. derivation.md (13).
/// </summary>
internal static class DampedNewton
{
    private const double Enough = 1e-4;
    private const double FirstDamping = 1e-3;

    // Of the first: 1e-13 of the curvature, where rounding begins to decide whether the damped matrix is positive definite.
    private const double LeastDamping = 1e-10;

    // By how much λ falls after a good step. Gauss–Newton's model of a residual that goes to zero only gets better; an exact Hessian that is
    // not definite further out asks for care.
    private const double GaussNewtonRelief = 64;
    private const double HessianRelief = 8;

    // A correction longer than this share of the step says that the expansion in powers of the step does not hold.
    private const double LongestCorrection = 0.5;

    public static Arrival GaussNewton(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule) =>
        Run(bound, gaussNewton: true, "lm", start, rule);

    public static Arrival Hessian(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule) =>
        Run(bound, gaussNewton: false, "newton", start, rule);

    private static Arrival Run(BoundKernel bound, bool gaussNewton, string name, ReadOnlySpan<double> start, StoppingRule rule)
    {
        var relief = gaussNewton ? GaussNewtonRelief : HessianRelief;
        var (kernel, size) = (bound.Kernel, start.Length);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(rule.Options.Cancellation, rule.Options.Deadline);
        var linear = new NewtonStep(bound, gaussNewton, ConjugateGradient.Inexact, end.Token);
        var (x, trial, gradient) = (start.ToArray(), new double[size], new double[size]);
        var (step, bend, correction) = (new double[size], new double[size], new double[size]);
        var loss = kernel.Gradient(x, gradient);
        var (damping, accepted, smallest, largest) = (0.0, 0.0, 0.0, 1.0);
        var (iteration, readily, moved) = (0, true, false);
        try
        {
            linear.MoveTo(x);
            damping = FirstDamping * Math.Max(linear.Unit(gradient), 1e-12);
            (smallest, largest) = (damping * LeastDamping, damping * 1e20);
            while (iteration < rule.MaxIterations && double.IsFinite(loss) && damping < largest && !Done()) Iterate();
        }
        catch (OperationCanceledException) when (rule.AtDeadline)
        {
            // x and its loss are those of the last step that was accepted.
        }

        return new Arrival(x, loss, iteration, Done()) { Work = linear.Work };

        void Iterate()
        {
            rule.Options.Progress(new SolverProgress(name, iteration, rule.MaxIterations, Math.Sqrt(2 * loss)));
            iteration++;
            if (moved) linear.MoveTo(x);
            moved = false;
            var promised = linear.Solve(damping, gradient, step);
            if (double.IsNaN(promised))
            {
                damping *= 10;
                readily = false;
                return;
            }

            Correct();
            TensorPrimitives.Add(x, step, trial);
            var reached = kernel.Loss(trial);
            var agreement = (loss - reached) / promised;
            readily = reached < 0.01 * loss;
            if (agreement > Enough && reached < loss)
            {
                accepted = damping;
                (x, trial) = (trial, x);
                loss = kernel.Gradient(x, gradient);
                moved = true;
                if (agreement > 0.75) damping = Math.Max(smallest, damping / relief);
                else if (agreement < 0.25) damping *= 3;
            }
            else
            {
                // Back towards what was good before: after a deep fall, small factors would climb for long.
                damping = Math.Max(4 * damping, Math.Sqrt(damping * accepted));
            }
        }

        bool Done() => rule.Reached(loss) || (!readily && rule.Suffices(loss));

        void Correct()
        {
            kernel.Bend(step, bend);
            TensorPrimitives.Multiply(bend, 0.5, bend);
            if (double.IsNaN(linear.Solve(damping, bend, correction))) return;
            if (TensorPrimitives.Norm<double>(correction) <= LongestCorrection * TensorPrimitives.Norm<double>(step))
                TensorPrimitives.Add(step, correction, step);
        }
    }
}
