using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>The normalisation in front of the projections, in double. token-search.md (T1).</summary>
public static class Norms
{
    /// <summary>Writes norm(<paramref name="x"/>) to <paramref name="target"/>; both of length d, and they may be the same span.</summary>
    public static void Apply(Norm norm, ReadOnlySpan<double> x, Span<double> target)
    {
        switch (norm)
        {
            case Norm.Identity:
                x.CopyTo(target);
                break;
            case Norm.Rms rms:
                var power = TensorPrimitives.SumOfSquares(x) / x.Length;
                TensorPrimitives.Multiply(x, 1 / Math.Sqrt(power + rms.Epsilon), target);
                for (var c = 0; c < target.Length; c++) target[c] *= rms.Gain[c];
                break;
            case Norm.Layer layer:
                // Two passes: the mean is taken out before squaring, so a large common offset costs no digits.
                TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / x.Length, target);
                var variance = TensorPrimitives.SumOfSquares<double>(target) / target.Length;
                TensorPrimitives.Multiply(target, 1 / Math.Sqrt(variance + layer.Epsilon), target);
                for (var c = 0; c < target.Length; c++) target[c] = target[c] * layer.Gain[c] + layer.Bias[c];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(norm), norm, "No such normalisation.");
        }
    }

    /// <summary>norm of every column of <paramref name="x"/>, d×n.</summary>
    public static Matrix Columns(Norm norm, Matrix x)
    {
        var rows = x.Transpose();
        var normed = new double[rows.Rows * rows.Columns];
        for (var i = 0; i < rows.Rows; i++) Apply(norm, rows.Row(i), normed.AsSpan(i * rows.Columns, rows.Columns));
        return Matrix.Own(rows.Rows, rows.Columns, normed).Transpose();
    }
}
