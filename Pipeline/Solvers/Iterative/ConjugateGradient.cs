using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Truncated conjugate gradients for (A + λM) p = −g, A given by its products only and M by its inverse, which is the preconditioner too.
/// Stops early, as a step needs no more accuracy than its iteration deserves, and where a direction of negative curvature shows, keeps what
/// it has. Buffers are made once.
/// </summary>
internal sealed class ConjugateGradient(int size)
{
    private readonly double[] _residual = new double[size];
    private readonly double[] _scaled = new double[size];
    private readonly double[] _direction = new double[size];
    private readonly double[] _metric = new double[size];
    private readonly double[] _product = new double[size];

    public delegate void Product(ReadOnlySpan<double> direction, Span<double> product);

    /// <summary>Writes p into <paramref name="step"/>; returns the decrease of the damped quadratic model that p promises, ≥ 0.</summary>
    public double Solve(
        Product curvature, TokenMetric metric, double damping, ReadOnlySpan<double> gradient, double tolerance, int most, Span<double> step,
        CancellationToken cancellation)
    {
        step.Clear();
        TensorPrimitives.Negate(gradient, _residual);
        metric.Solve(_residual, _scaled);
        _scaled.CopyTo(_direction, 0);
        _residual.CopyTo(_metric, 0);
        var square = TensorPrimitives.Dot<double>(_residual, _scaled);
        var goal = tolerance * tolerance * square;
        var decrease = 0.0;
        for (var iteration = 0; iteration < most && square > goal; iteration++)
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
}
