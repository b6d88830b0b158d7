using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Solves (A + λM) p = −g at a point, A the curvature that the kernel gives and M the token metric, in the coordinates in which M is the
/// identity, where they are those of a kernel bound to other weights, (16). Conjugate gradients as long as they are quicker than a Cholesky
/// factorisation, else that. Buffers are made once.
/// </summary>
internal sealed class NewtonStep
{
    public delegate void Product(ReadOnlySpan<double> direction, Span<double> product);

    // Two matrices of this many rows are what memory is spent on; larger ones are left to conjugate gradients alone.
    private const int MostDense = 4200;

    // A factorisation costs as much as d²n/24 products, measured at every size from 72 to 4160 rows.
    private const int ProductsPerFactor = 24;

    private const int MostWithoutFactor = 2000;

    private readonly AttentionKernel<double> _kernel;
    private readonly TokenMetric _metric;
    private readonly Reduction? _reduction;
    private readonly PairCurvature? _pairs;
    private readonly ConjugateGradient _conjugate;
    private readonly DenseFactor? _dense;
    private readonly Product _curvature;
    private readonly Action<double[]> _assemble;
    private readonly double[] _weights;
    private readonly double[] _target;
    private readonly double[] _value;
    private readonly double[] _states;
    private readonly double[] _reduced;
    private readonly double[] _right;
    private readonly double[] _solution;
    private readonly double[] _full;
    private readonly int _d;
    private readonly int _n;
    private readonly int _tokens;

    // With a damping as small as this, conjugate gradients did not arrive in time or would not: their number grows like 1/√λ.
    private double _tooSmall;

    public NewtonStep(BoundKernel bound, bool gaussNewton, double tolerance, CancellationToken cancellation)
    {
        var pairs = gaussNewton && bound.Pairs;
        (_d, _n) = (bound.Kernel.D, bound.Kernel.N);
        var fewer = TokenBasis.CountFor(_d, bound.Centred);
        _tokens = pairs && fewer < _n ? fewer : _n;
        var size = _d * _tokens;
        _kernel = bound.NewKernel(_tokens);
        _curvature = gaussNewton ? _kernel.GaussNewton : _kernel.HessianVector;
        _metric = new TokenMetric(bound.Weights, bound.Value, _n, _tokens);
        _pairs = pairs ? new PairCurvature(_d, _tokens, bound.Centred) : null;
        _reduction = _tokens < _n ? new Reduction(_d, _n, bound.Centred, _pairs!, cancellation) : null;
        _dense = size <= MostDense ? new DenseFactor(size, cancellation) : null;
        _conjugate = new ConjugateGradient(_curvature, size, _dense is null ? MostWithoutFactor : Math.Max(8, _d * size / ProductsPerFactor), tolerance, cancellation);
        _assemble = pairs ? _pairs!.Assemble : ColumnByColumn;
        _weights = bound.Weights.Values.ToArray();
        _target = _tokens == _n ? bound.Target.Values.ToArray() : new double[_tokens * _tokens];
        _value = new double[bound.Value.IsSome ? _d * _d : 1];
        (_states, _reduced, _right, _solution) = (new double[size], new double[size], new double[size], new double[size]);
        _full = new double[_d * _n];
    }

    /// <summary>Products taken and factorisations made.</summary>
    public (long Products, int Factors) Work => (_conjugate.Products, _dense?.Made ?? 0);

    /// <summary>Takes the curvature at X.</summary>
    public void MoveTo(ReadOnlySpan<double> x)
    {
        if (_reduction is null) x.CopyTo(_reduced);
        else _reduction.MoveTo(x, _reduced);
        _metric.MoveTo(_reduced);
        _metric.States(_reduced, _states, _tokens);
        if (_value.Length > 1) _metric.Value(_value);
        _kernel.Bind(_metric.Weights, _target, _value);
        _kernel.Gradient(_states, _solution);
        _pairs?.MoveTo(_metric.Weights, _states);
        _dense?.Forget();
    }

    /// <summary>
    /// Writes p into <paramref name="step"/>; returns the decrease of the damped quadratic model that p promises, NaN if the damped
    /// matrix is not positive definite and there is no step.
    /// </summary>
    public double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> step)
    {
        _metric.Gradient(gradient, _full, _n);
        TensorPrimitives.Negate(_full, _full);
        if (_reduction is null) _full.CopyTo(_right, 0);
        else _reduction.Split(_full, _right);
        if (!Inner(damping)) return double.NaN;
        var promised = 0.5 * TensorPrimitives.Dot<double>(_right, _solution);
        if (_reduction is null) _solution.CopyTo(_full, 0);
        else promised += _reduction.Join(damping, _solution, _full);
        _metric.Step(_full, step, _n);
        return promised;
    }

    /// <summary>The curvature along the preconditioned steepest descent: the natural unit of λ.</summary>
    public double Unit(ReadOnlySpan<double> gradient)
    {
        _metric.Gradient(gradient, _full, _n);
        if (_reduction is null) _full.CopyTo(_right, 0);
        else _reduction.Split(_full, _right);
        _curvature(_right, _solution);
        return Math.Abs(TensorPrimitives.Dot<double>(_right, _solution)) / TensorPrimitives.SumOfSquares<double>(_right);
    }

    private bool Inner(double damping)
    {
        if (_dense is null) return _conjugate.Solve(damping, _right, _solution) != ConjugateGradient.Outcome.NotDefinite;
        if (damping > _tooSmall && !_dense.Holds(damping))
        {
            var outcome = _conjugate.Solve(damping, _right, _solution);
            _tooSmall = Math.Max(_tooSmall, damping * _conjugate.ShareOfTime * _conjugate.ShareOfTime);
            if (outcome != ConjugateGradient.Outcome.NotInTime) return outcome == ConjugateGradient.Outcome.Solved;
        }

        return _dense.Solve(damping, _right, _solution, _assemble);
    }

    private void ColumnByColumn(double[] matrix)
    {
        var size = _solution.Length;
        System.Array.Clear(_solution);
        for (var k = 0; k < size; k++)
        {
            _solution[k] = 1;
            _curvature(_solution, matrix.AsSpan(k * size, size));
            _solution[k] = 0;
        }
    }
}
