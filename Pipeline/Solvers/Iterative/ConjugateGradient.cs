using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Truncated conjugate gradients, the curvature known by its products only and the metric serving as preconditioner. Where a direction of
/// negative curvature shows, it keeps what it has. Buffers are made once.
/// </summary>
internal sealed class ConjugateGradient(NewtonStep.Product curvature, TokenMetric metric, int size, CancellationToken cancellation) : NewtonStep
{
    // Relative, in the metric: weak directions have small gradients, and a looser step would leave them to later iterations.
    private const double Tolerance = 1e-4;
    private const int MostSteps = 2000;

    private readonly double[] _residual = new double[size];
    private readonly double[] _scaled = new double[size];
    private readonly double[] _direction = new double[size];
    private readonly double[] _metric = new double[size];
    private readonly double[] _product = new double[size];

    public override void MoveTo(ReadOnlySpan<double> x) => metric.MoveTo(x);

    public override double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> step)
    {
        step.Clear();
        TensorPrimitives.Negate(gradient, _residual);
        metric.Solve(_residual, _scaled);
        _scaled.CopyTo(_direction, 0);
        _residual.CopyTo(_metric, 0);
        var square = TensorPrimitives.Dot<double>(_residual, _scaled);
        var goal = Tolerance * Tolerance * square;
        var decrease = 0.0;
        for (var iteration = 0; iteration < MostSteps && square > goal; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            curvature(_direction, _product);
            TensorPrimitives.MultiplyAdd(_metric, damping, _product, _product);
            var bend = TensorPrimitives.Dot<double>(_direction, _product);
            if (bend <= 0)
            {
                // Downhill without end along this direction: the first one serves as the step, later ones are not needed.
                if (iteration == 0) _direction.CopyTo(step);
                return iteration == 0 ? square : decrease;
            }

            var length = square / bend;
            decrease += 0.5 * length * square;
            TensorPrimitives.MultiplyAdd(_direction, length, step, step);
            TensorPrimitives.MultiplyAdd(_product, -length, _residual, _residual);
            metric.Solve(_residual, _scaled);
            var next = TensorPrimitives.Dot<double>(_residual, _scaled);

            // M times the direction follows by the same recurrence as the direction itself, without a product.
            TensorPrimitives.MultiplyAdd(_direction, next / square, _scaled, _direction);
            TensorPrimitives.MultiplyAdd(_metric, next / square, _residual, _metric);
            square = next;
        }

        return decrease;
    }

    public override double Unit(ReadOnlySpan<double> gradient)
    {
        metric.Solve(gradient, _scaled);
        curvature(_scaled, _product);
        return Math.Abs(TensorPrimitives.Dot<double>(_scaled, _product)) / TensorPrimitives.Dot(gradient, _scaled);
    }
}
