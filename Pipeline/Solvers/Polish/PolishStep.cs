using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Solves (N + λI) y = −g, N = TᵀJᵀWJT, by conjugate gradients on exact products. Up to some thousand unknowns a Cholesky factor of N at an
/// earlier point preconditions them: near the answer N hardly changes, so one factor serves many steps. Beyond, the frames do alone, which is the
/// block-diagonal preconditioner. docs/identifiability.md (N10). Buffers are made once.
/// </summary>
internal sealed class PolishStep
{
    // A factor that needs more than this is no longer near; without one there is no other way.
    private const int WithFactor = 25;
    private const int WithoutFactor = 2000;
    private const double Accuracy = 1e-4;

    private readonly ChiSquare _chiSquare;
    private readonly TokenFrames _frames;
    private readonly CancellationToken _cancellation;
    private readonly PaddedMatrix<double> _move, _image;
    private readonly double[] _residual, _direction, _product, _preconditioned;
    private readonly Option<UpperStrips> _factor;
    private readonly NormalMatrix _normal;
    private readonly Cholesky _cholesky;
    private double _factored = double.NaN;

    /// <param name="chiSquare">At the point where steps begin.</param>
    /// <param name="frames">In whose coordinates they are.</param>
    /// <param name="d">Of X.</param>
    /// <param name="dense">Up to how many unknowns N is written out.</param>
    /// <param name="threads">All processors unless told.</param>
    /// <param name="cancellation">Ends a solve.</param>
    public PolishStep(ChiSquare chiSquare, TokenFrames frames, int d, int dense, int? threads, CancellationToken cancellation)
    {
        (_chiSquare, _frames, _cancellation) = (chiSquare, frames, cancellation);
        var (tokens, size) = (frames.Offsets.Length - 1, frames.Count);
        (_move, _image) = (new(tokens, d), new(tokens, d));
        (_residual, _direction, _product, _preconditioned) = (new double[size], new double[size], new double[size], new double[size]);
        _factor = size <= dense ? Some(new UpperStrips(size)) : None;
        (_normal, _cholesky) = (new NormalMatrix(chiSquare, frames, threads), new Cholesky(threads));
    }

    /// <summary>The step y, and the decrease of ½χ² that it promises; NaN where N + λI was not positive definite.</summary>
    public double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> y)
    {
        TensorPrimitives.Negate(gradient, _residual);
        y.Clear();
        var most = _factor.IsSome ? WithFactor : WithoutFactor;
        if (_factor.IsSome && double.IsNaN(_factored) && !Factorise(damping)) return double.NaN;
        if (!Iterate(damping, y, most) && _factor.IsSome)
        {
            if (!Factorise(damping)) return double.NaN;
            Iterate(damping, y, most);
        }

        // −gᵀy − ½yᵀ(N + λ)y, with (N + λ)y = −g − r.
        return -0.5 * (TensorPrimitives.Dot(gradient, y) - TensorPrimitives.Dot<double>(_residual, y));
    }

    private bool Factorise(double damping)
    {
        var factor = _factor.IfNone(() => throw new InvalidOperationException());
        _normal.Write(factor, damping);
        var definite = _cholesky.Factorise(factor, _cancellation);
        _factored = definite ? damping : double.NaN;
        return definite;
    }

    // From y on, whose residual is kept; whether it became small.
    private bool Iterate(double damping, Span<double> y, int most)
    {
        Precondition();
        _preconditioned.CopyTo(_direction, 0);
        var square = TensorPrimitives.Dot<double>(_residual, _preconditioned);
        var goal = Accuracy * Accuracy * square;
        for (var iteration = 0; square > goal; iteration++)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (iteration == most) return false;
            Product(damping);
            var bend = TensorPrimitives.Dot<double>(_direction, _product);
            if (!(bend > 0)) return false;
            TensorPrimitives.MultiplyAdd(_direction, square / bend, y, y);
            TensorPrimitives.MultiplyAdd(_product, -square / bend, _residual, _residual);
            Precondition();
            var next = TensorPrimitives.Dot<double>(_residual, _preconditioned);
            TensorPrimitives.MultiplyAdd(_direction, next / square, _preconditioned, _direction);
            square = next;
        }

        return true;
    }

    private void Product(double damping)
    {
        _frames.Expand(_direction, _move);
        _chiSquare.Product(_move, _image);
        _frames.Compress(_image, _product);
        TensorPrimitives.MultiplyAdd(_direction, damping, _product, _product);
    }

    private void Precondition()
    {
        _residual.CopyTo(_preconditioned, 0);
        foreach (var factor in _factor) TriangleSolve.Solve(factor, _preconditioned);
    }
}
