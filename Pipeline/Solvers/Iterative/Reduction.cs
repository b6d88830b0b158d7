using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Splits a step over n tokens into one over the r tokens of a basis and the rest, on which the curvature is one d×d matrix for every token.
/// derivation.md (18), (19). Buffers are made once.
/// </summary>
internal sealed class Reduction(int d, int n, bool centred, PairCurvature pairs, CancellationToken cancellation)
{
    private readonly TokenBasis _basis = new(d, n, centred);
    private readonly Cholesky _cholesky = new(d);
    private readonly double[] _rest = new double[d * n];
    private readonly double[] _image = new double[d * n];
    private readonly double[] _factor = new double[d * d];
    private readonly double[] _inverse = new double[d * d];
    private readonly double[] _inverseT = new double[d * d];
    private double _damping = double.NaN;

    /// <summary>Takes the basis at X and writes XT.</summary>
    public void MoveTo(ReadOnlySpan<double> x, Span<double> reduced)
    {
        _basis.MoveTo(x);
        _basis.Compress(x, reduced);
        _damping = double.NaN;
    }

    /// <summary>Writes the part of b that the basis spans, and keeps the rest.</summary>
    public void Split(ReadOnlySpan<double> b, Span<double> spanned)
    {
        _basis.Compress(b, spanned);
        _basis.Expand(spanned, _rest);
        TensorPrimitives.Subtract(b, _rest, _rest);
    }

    /// <summary>Solves for the rest, adds the part that was solved for over the basis; returns the decrease that the rest promises.</summary>
    public double Join(double damping, ReadOnlySpan<double> solved, Span<double> step)
    {
        if (damping != _damping) Factorise(damping);
        DenseProduct.Multiply(_inverse, _rest, _image, d, d, n);
        var promised = 0.5 * TensorPrimitives.SumOfSquares<double>(_image);
        DenseProduct.Multiply(_inverseT, _image, _rest, d, d, n);
        _basis.Expand(solved, step);
        TensorPrimitives.Add(step, _rest, step);
        return promised;
    }

    private void Factorise(double damping)
    {
        _damping = damping;
        pairs.Orthogonal(_factor);
        for (var a = 0; a < d; a++) _factor[a * d + a] += damping;
        _cholesky.Factorise(_factor, d, cancellation);
        Triangular.Invert(_factor, _inverse, d);
        DenseProduct.Transpose(_inverse, _inverseT, d, d);
    }
}
