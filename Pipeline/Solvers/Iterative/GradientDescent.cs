using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Steepest descent with the step length of Barzilai and Borwein, halved until the loss falls enough: the baseline that everything else
/// has to beat.
/// </summary>
internal static class GradientDescent
{
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 60;

    public static Arrival Run(BoundKernel bound, ReadOnlySpan<double> start, StoppingRule rule)
    {
        var (kernel, size) = (bound.Kernel, start.Length);
        var (x, trial, gradient, next) = (start.ToArray(), new double[size], new double[size], new double[size]);
        var loss = kernel.Gradient(x, gradient);
        var length = 1 / Math.Max(1, TensorPrimitives.Norm<double>(gradient));
        var iteration = 0;
        for (; iteration < rule.MaxIterations && !rule.Reached(loss) && !rule.AtDeadline && double.IsFinite(loss); iteration++)
        {
            rule.Options.Cancellation.ThrowIfCancellationRequested();
            if (iteration % 64 == 0) rule.Options.Progress(new SolverProgress("gradient", iteration, rule.MaxIterations, Math.Sqrt(2 * loss)));
            var slope = TensorPrimitives.SumOfSquares<double>(gradient);
            var reached = Shorten(kernel, x, gradient, slope, loss, ref length, trial);
            if (!(reached < loss)) break;
            (x, trial) = (trial, x);
            loss = kernel.Gradient(x, next);
            length = NextLength(length, slope, gradient, next);
            (gradient, next) = (next, gradient);
        }

        return new Arrival(x, loss, iteration, rule.Suffices(loss));
    }

    /// <summary>Whether a step of this length has brought what the slope |g|² promises, or a little of it; never where the loss is not a number.</summary>
    public static bool FallsEnough(double loss, double reached, double length, double slope) => reached <= loss - SufficientDecrease * length * slope;

    /// <summary>The length of Barzilai and Borwein, ⟨s, s⟩ / ⟨s, y⟩ with s = −length·g and y = g' − g; twice the last where the loss does not bend up.</summary>
    public static double NextLength(double length, double slope, ReadOnlySpan<double> gradient, ReadOnlySpan<double> next)
    {
        var along = length * (slope - TensorPrimitives.Dot(gradient, next));
        return along > 0 ? length * length * slope / along : 2 * length;
    }

    private static double Shorten(
        AttentionKernel<double> kernel, double[] x, double[] gradient, double slope, double loss, ref double length, double[] trial)
    {
        var reached = double.NaN;
        for (var halving = 0; halving < MostHalvings; halving++, length /= 2)
        {
            TensorPrimitives.MultiplyAdd(gradient, -length, x, trial);
            reached = kernel.Loss(trial);
            if (FallsEnough(loss, reached, length, slope)) return reached;
        }

        return reached;
    }
}
