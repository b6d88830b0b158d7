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
        var (x, trial, gradient, change) = (start.ToArray(), new double[size], new double[size], new double[size]);
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
            gradient.CopyTo(change, 0);
            loss = kernel.Gradient(x, gradient);
            TensorPrimitives.Subtract(gradient, change, change);

            // s = −length·g, y = g' − g: the next length is ⟨s, s⟩ / ⟨s, y⟩, with ⟨s, y⟩ from the old gradient g = g' − y.
            var along = -length * (TensorPrimitives.Dot<double>(gradient, change) - TensorPrimitives.SumOfSquares<double>(change));
            length = along > 0 ? length * length * slope / along : 2 * length;
        }

        return new Arrival(x, loss, iteration, rule.Suffices(loss));
    }

    private static double Shorten(
        AttentionKernel<double> kernel, double[] x, double[] gradient, double slope, double loss, ref double length, double[] trial)
    {
        var reached = double.NaN;
        for (var halving = 0; halving < MostHalvings; halving++, length /= 2)
        {
            TensorPrimitives.MultiplyAdd(gradient, -length, x, trial);
            reached = kernel.Loss(trial);
            if (reached <= loss - SufficientDecrease * length * slope) return reached;
        }

        return reached;
    }
}
