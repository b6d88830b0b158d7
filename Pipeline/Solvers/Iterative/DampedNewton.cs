using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Newton's method with a damping λ that follows the agreement of model and loss, steps by conjugate gradients. With Gauss–Newton products
/// it is Levenberg–Marquardt; with exact Hessian products it is the regularised Newton method of the paper, λ → 0 at the end, so that the
/// minimiser is that of the loss itself. derivation.md (12).
/// </summary>
internal static class DampedNewton
{
    private const double Enough = 1e-4;
    private const int MostConjugateSteps = 2000;

    public static Arrival GaussNewton(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule) =>
        Run(bound, bound.Kernel.GaussNewton, "lm", start, rule);

    public static Arrival Hessian(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule) =>
        Run(bound, bound.Kernel.HessianVector, "newton", start, rule);

    private static Arrival Run(
        BoundKernel bound, ConjugateGradient.Product curvature, string name, ReadOnlySpan<double> start, StoppingRule rule)
    {
        var (kernel, metric, size) = (bound.Kernel, bound.NewMetric(), start.Length);
        var inner = new ConjugateGradient(size);
        var (x, trial, gradient, step) = (start.ToArray(), new double[size], new double[size], new double[size]);
        var loss = kernel.Gradient(x, gradient);
        metric.MoveTo(x);
        var first = TensorPrimitives.Norm<double>(gradient);
        var damping = Scale(curvature, metric, gradient, trial, step) * 1e-3;
        var smallest = damping * 1e-13;
        var (iteration, stalled, slow) = (0, 0, false);
        for (; iteration < rule.MaxIterations && !Done() && stalled < 6 && double.IsFinite(loss); iteration++)
        {
            rule.Options.Progress(new SolverProgress(name, iteration, rule.MaxIterations, Math.Sqrt(2 * loss)));
            var accuracy = double.Parse(Environment.GetEnvironmentVariable("ETA") ?? "1e-2");
            var promised = inner.Solve(curvature, metric, damping, gradient, accuracy, Math.Min(MostConjugateSteps, 4 * size), step, rule.Options.Cancellation);
            TensorPrimitives.Add(x, step, trial);
            var reached = kernel.Loss(trial);
            var agreement = (loss - reached) / promised;
            slow = !(reached < 0.999 * loss);
            if (agreement > Enough && reached < loss)
            {
                stalled = slow ? stalled + 1 : 0;
                (x, trial) = (trial, x);
                loss = kernel.Gradient(x, gradient);
                metric.MoveTo(x);
                if (agreement > 0.75) damping = Math.Max(smallest, damping / 8);
                else if (agreement < 0.25) damping *= 3;
            }
            else
            {
                stalled += promised <= 1e-15 * loss ? 6 : 0;
                damping *= 4;
                if (!(damping < double.MaxValue / 8)) break;
            }
        }

        return new Arrival(x, loss, iteration, Done());

        // Below the rounding of the scores themselves nothing can fall; the estimate of that is asked for only once progress slows.
        bool Done() => rule.Reached(loss) || (slow && Math.Sqrt(2 * loss) <= bound.RoundoffAt(x));
    }

    // The curvature along the preconditioned steepest descent: the natural unit of λ.
    private static double Scale(ConjugateGradient.Product curvature, TokenMetric metric, ReadOnlySpan<double> gradient, Span<double> scaled, Span<double> product)
    {
        metric.Solve(gradient, scaled);
        var square = TensorPrimitives.Dot(gradient, (ReadOnlySpan<double>)scaled);
        if (square == 0) return 1;
        curvature(scaled, product);
        return Math.Max(Math.Abs(TensorPrimitives.Dot((ReadOnlySpan<double>)scaled, product)) / square, 1e-12);
    }
}
