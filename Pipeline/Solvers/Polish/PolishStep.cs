using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Solves (N + λI + μTᵀT) y = −g, N = TᵀJᵀWJT, by conjugate gradients on exact products. The frames are a block-diagonal preconditioner, which mostly is
/// enough. Where it is not, and there are some thousand unknowns at most, a Cholesky factor of N is made: near the answer N hardly changes, so one
/// factor serves many steps. docs/identifiability.md (N10). Buffers are made once.
/// </summary>
internal sealed class PolishStep
{
    // A factor that needs more than this is no longer near. As many products as a factor costs are worth a try without; and where there is none, more.
    private const int WithFactor = 25;
    private const int BeforeFactor = 200;
    private const int WithoutFactor = 3000;
    private const double Accuracy = 1e-4;

    private readonly ChiSquare _chiSquare;
    private readonly TokenFrames _frames;
    private readonly CancellationToken _cancellation;
    private readonly PaddedMatrix<double> _move, _image;
    private readonly double[] _residual, _direction, _product, _preconditioned;
    private readonly bool _dense;
    private readonly int? _threads;
    private UpperStrips? _factor;
    private NormalMatrix? _normal;
    private bool _factored;

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
        (_dense, _threads) = (size <= dense, threads);
    }

    /// <summary>The step y for λ and μ, and the decrease of ½χ² that it promises; NaN where the matrix was not positive definite.</summary>
    public double Solve(double damping, double prior, ReadOnlySpan<double> gradient, Span<double> y)
    {
        TensorPrimitives.Negate(gradient, _residual);
        y.Clear();
        if (!Iterate(damping, prior, y, !_dense ? WithoutFactor : _factored ? WithFactor : BeforeFactor) && _dense)
        {
            if (!Factorise(damping, prior)) return double.NaN;
            Iterate(damping, prior, y, WithFactor);
        }

        // −gᵀy − ½yᵀ(N + λ + μTᵀT)y, with (N + λ + μTᵀT)y = −g − r.
        return -0.5 * (TensorPrimitives.Dot(gradient, y) - TensorPrimitives.Dot<double>(_residual, y));
    }

    private bool Factorise(double damping, double prior)
    {
        _factor ??= new UpperStrips(_frames.Count);
        _normal ??= new NormalMatrix(_chiSquare, _frames, _threads);
        _normal.Write(_factor, damping, prior);
        return _factored = new Cholesky(_threads).Factorise(_factor, _cancellation);
    }

    // From y on, whose residual is kept; whether it became small.
    private bool Iterate(double damping, double prior, Span<double> y, int most)
    {
        Precondition();
        _preconditioned.CopyTo(_direction, 0);
        var square = TensorPrimitives.Dot<double>(_residual, _preconditioned);
        var goal = Accuracy * Accuracy * square;
        for (var iteration = 0; square > goal; iteration++)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (iteration == most) return false;
            Product(damping, prior);
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

    private void Product(double damping, double prior)
    {
        _frames.Expand(_direction, _move);
        _chiSquare.Product(_move, _image);
        TensorPrimitives.MultiplyAdd(_move.Padded, prior, _image.Padded, _image.Padded);
        _frames.Compress(_image, _product);
        TensorPrimitives.MultiplyAdd(_direction, damping, _product, _product);
    }

    private void Precondition()
    {
        _residual.CopyTo(_preconditioned, 0);
        if (_factored) TriangleSolve.Solve(_factor!, _preconditioned);
    }
}
