using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>A norm of every row of a batch, its gain and bias where vectors can read them.</summary>
internal sealed class RowNorm(Norm norm)
{
    private readonly double[] _gain = norm switch { Norm.Rms rms => [.. rms.Gain], Norm.Layer layer => [.. layer.Gain], _ => [] };
    private readonly double[] _bias = norm is Norm.Layer { Bias: var bias } ? [.. bias] : [];

    /// <summary>Both may be the same matrix.</summary>
    public void Apply(PaddedMatrix<double> x, PaddedMatrix<double> y)
    {
        for (var i = 0; i < x.Rows; i++) Apply(x.Row(i), y.Row(i));
    }

    private void Apply(ReadOnlySpan<double> x, Span<double> y)
    {
        switch (norm)
        {
            case Norm.Identity:
                x.CopyTo(y);
                break;
            case Norm.Rms { Epsilon: var epsilon }:
                TensorPrimitives.Multiply(x, 1 / Math.Sqrt(TensorPrimitives.SumOfSquares(x) / x.Length + epsilon), y);
                TensorPrimitives.Multiply(y, _gain, y);
                break;
            case Norm.Layer { Epsilon: var epsilon }:
                TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / x.Length, y);
                TensorPrimitives.Multiply(y, 1 / Math.Sqrt(TensorPrimitives.SumOfSquares<double>(y) / y.Length + epsilon), y);
                TensorPrimitives.MultiplyAdd(y, _gain, _bias, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(x), norm, "No such normalisation.");
        }
    }
}
