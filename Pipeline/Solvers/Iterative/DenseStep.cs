using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The curvature as a whole dn×dn matrix, read off the kernel column by column, and a Cholesky factorisation for each damping. One matrix
/// serves every damping tried at a point. Buffers are made once.
/// </summary>
internal sealed class DenseStep(NewtonStep.Product curvature, TokenMetric metric, int n, int size, CancellationToken cancellation) : NewtonStep
{
    private readonly double[] _matrix = new double[size * size];
    private readonly double[] _factor = new double[size * size];
    private readonly double[] _column = new double[size];
    private readonly double[] _product = new double[size];
    private double _factored = double.NaN;
    private bool _definite;

    public override void MoveTo(ReadOnlySpan<double> x)
    {
        metric.MoveTo(x);
        for (var k = 0; k < size; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            _column[k] = 1;
            curvature(_column, _product);
            _column[k] = 0;
            _product.CopyTo(_matrix, k * size);
        }

        _factored = double.NaN;
    }

    public override double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> step)
    {
        if (damping != _factored) Factorise(damping);
        if (!_definite) return double.NaN;
        for (var i = 0; i < size; i++)
            step[i] = (-gradient[i] - TensorPrimitives.Dot(_factor.AsSpan(i * size, i), step[..i])) / _factor[i * size + i];
        for (var i = size - 1; i >= 0; i--)
        {
            step[i] /= _factor[i * size + i];
            TensorPrimitives.MultiplyAdd(_factor.AsSpan(i * size, i), -step[i], step[..i], step[..i]);
        }

        return -0.5 * TensorPrimitives.Dot(gradient, (ReadOnlySpan<double>)step);
    }

    public override double Unit(ReadOnlySpan<double> gradient)
    {
        metric.Solve(gradient, _column);
        var square = TensorPrimitives.Dot(gradient, (ReadOnlySpan<double>)_column);
        for (var k = 0; k < size; k++) _product[k] = TensorPrimitives.Dot<double>(_matrix.AsSpan(k * size, size), _column);
        var bend = TensorPrimitives.Dot<double>(_column, _product);
        System.Array.Clear(_column);
        return Math.Abs(bend) / square;
    }

    private void Factorise(double damping)
    {
        _factored = damping;
        for (var i = 0; i < size; i++)
        {
            _matrix.AsSpan(i * size, i + 1).CopyTo(_factor.AsSpan(i * size));
            for (var j = i % n; j <= i; j += n) _factor[i * size + j] += damping * metric[i / n, j / n];
        }

        _definite = Cholesky.Factorise(_factor, size, cancellation);
    }
}
