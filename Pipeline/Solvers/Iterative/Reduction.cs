using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Splits a step over n tokens into one over the r tokens of a basis and the rest, on which the curvature is one d×d matrix for every token.
/// derivation.md (18), (19). Buffers are made once.
/// </summary>
internal sealed class Reduction(int d, int n, bool centred, PairCurvature pairs, MatrixProduct<double> product)
{
    private readonly TokenBasis _basis = new(d, n, centred, product);
    private readonly SmallFactor _factor = new(d);
    private readonly PaddedMatrix<double> _orthogonal = new(d, d);
    private readonly PaddedMatrix<double> _rest = new(d, n);
    private readonly PaddedMatrix<double> _image = new(d, n);
    private double _damping = double.NaN;

    /// <summary>Takes the basis at X, d×n, and writes XT, d×r.</summary>
    public void MoveTo(PaddedMatrix<double> x, PaddedMatrix<double> reduced)
    {
        _basis.MoveTo(x);
        _basis.Compress(x, reduced);
        _damping = double.NaN;
    }

    /// <summary>Writes the part of b, d×n, that the basis spans, d×r, and keeps the rest.</summary>
    public void Split(PaddedMatrix<double> b, PaddedMatrix<double> spanned)
    {
        _basis.Compress(b, spanned);
        _basis.Expand(spanned, _rest);
        TensorPrimitives.Subtract(b.Padded, _rest.Padded, _rest.Padded);
    }

    /// <summary>Solves for the rest, adds the part that was solved for over the basis; returns the decrease that the rest promises.</summary>
    public double Join(double damping, PaddedMatrix<double> solved, PaddedMatrix<double> step)
    {
        if (damping != _damping) Factorise(damping);
        product.Multiply(_factor.Inverse, _rest, _image);
        product.MultiplyTransposed(_factor.Inverse, _image, _rest);
        _basis.Expand(solved, step);
        TensorPrimitives.Add(step.Padded, _rest.Padded, step.Padded);
        return 0.5 * TensorPrimitives.SumOfSquares<double>(_image.Padded);
    }

    private void Factorise(double damping)
    {
        _damping = damping;
        pairs.Orthogonal(_orthogonal);
        for (var a = 0; a < d; a++) _orthogonal.Row(a)[a] += damping;
        _factor.Of(_orthogonal, damping);
    }
}
