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

    // A matrix of this many rows is what memory is spent on; larger ones are left to conjugate gradients alone.
    private const int MostDense = 4200;

    // A factorisation costs as much as d²n/32 products: measured 22 to 43 in place of 32, from 156 rows to 4096, on one thread and on two.
    private const int ProductsPerFactor = 32;

    private const int MostWithoutFactor = 2000;

    private readonly AttentionKernel<double> _kernel;
    private readonly TokenMetric _metric;
    private readonly Reduction? _reduction;
    private readonly PairCurvature? _pairs;
    private readonly ColumnCurvature? _columns;
    private readonly ConjugateGradient _conjugate;
    private readonly DenseFactor? _dense;
    private readonly Product _curvature;
    private readonly double[] _weights;
    private readonly double[] _target;
    private readonly double[] _value;
    private readonly double[] _right;
    private readonly double[] _solution;
    private readonly PaddedMatrix<double> _given;
    private readonly PaddedMatrix<double> _full;
    private readonly PaddedMatrix<double> _reduced;
    private readonly PaddedMatrix<double> _states;

    // With a damping as small as this, conjugate gradients did not arrive in time or would not: their number grows like 1/√λ.
    private double _tooSmall;

    public NewtonStep(BoundKernel bound, bool gaussNewton, double tolerance, CancellationToken cancellation)
    {
        var (d, n, pairs, product) = (bound.Kernel.D, bound.Kernel.N, gaussNewton && bound.Pairs, MatrixProducts.CreateDouble());
        var fewer = TokenBasis.CountFor(d, bound.Centred);
        var tokens = pairs && fewer < n ? fewer : n;
        var size = d * tokens;
        _kernel = bound.NewKernel(tokens);
        _curvature = gaussNewton ? _kernel.GaussNewton : _kernel.HessianVector;
        _metric = new TokenMetric(bound, tokens, product);
        if (pairs) _pairs = new PairCurvature(d, tokens, bound.Centred, product);
        if (tokens < n) _reduction = new Reduction(d, n, bound.Centred, _pairs!, product);
        if (size <= MostDense)
        {
            if (!pairs) _columns = new ColumnCurvature(_curvature, size);
            _dense = new DenseFactor(size, pairs ? _pairs!.Write : _columns!.Write, cancellation);
        }

        _conjugate = new ConjugateGradient(_curvature, size, _dense is null ? MostWithoutFactor : Math.Max(8, d * size / ProductsPerFactor), tolerance, cancellation);
        _weights = new double[d * d];
        _target = tokens == n ? bound.Target.Values.ToArray() : new double[tokens * tokens];
        _value = new double[bound.Value.IsSome ? d * d : 1];
        (_right, _solution) = (new double[size], new double[size]);
        (_given, _full, _reduced, _states) = (new(d, n), new(d, n), new(d, tokens), new(d, tokens));
    }

    /// <summary>Products taken and factorisations made.</summary>
    public (long Products, int Factors) Work => (_conjugate.Products, _dense?.Made ?? 0);

    /// <summary>Takes the curvature at X, d×n.</summary>
    public void MoveTo(ReadOnlySpan<double> x)
    {
        _given.Set(x);
        if (_reduction is null) _reduced.Set(x);
        else _reduction.MoveTo(_given, _reduced);
        _metric.MoveTo(_reduced);
        _metric.States(_reduced, _states);
        _metric.Value(_value);
        _metric.Weights.CopyTo(_weights);
        _kernel.Bind(_weights, _target, _value);
        _states.CopyTo(_right);
        _kernel.Gradient(_right, _solution);
        _pairs?.MoveTo(_metric.Weights, _states);
        _columns?.Forget();
        _dense?.Forget();
    }

    /// <summary>
    /// Writes p into <paramref name="step"/>; returns the decrease of the damped quadratic model that p promises, NaN if the damped
    /// matrix is not positive definite and there is no step.
    /// </summary>
    public double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> step)
    {
        TakeDown(gradient);
        if (!Inner(damping)) return double.NaN;
        var promised = 0.5 * TensorPrimitives.Dot<double>(_right, _solution);
        if (_reduction is null)
        {
            _full.Set(_solution);
        }
        else
        {
            _reduced.Set(_solution);
            promised += _reduction.Join(damping, _reduced, _full);
        }

        _metric.Step(_full, _given);
        _given.CopyTo(step);
        return promised;
    }

    /// <summary>The curvature along the preconditioned steepest descent: the natural unit of λ.</summary>
    public double Unit(ReadOnlySpan<double> gradient)
    {
        TakeDown(gradient);
        _curvature(_right, _solution);
        return Math.Abs(TensorPrimitives.Dot<double>(_right, _solution)) / TensorPrimitives.SumOfSquares<double>(_right);
    }

    // The way down in the metric's coordinates, over the tokens of the step; the reduction keeps what it cuts off.
    private void TakeDown(ReadOnlySpan<double> gradient)
    {
        _given.Set(gradient);
        TensorPrimitives.Negate(_given.Padded, _given.Padded);
        _metric.Gradient(_given, _full);
        if (_reduction is null)
        {
            _full.CopyTo(_right);
            return;
        }

        _reduction.Split(_full, _reduced);
        _reduced.CopyTo(_right);
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

        return _dense.Solve(damping, _right, _solution);
    }
}
