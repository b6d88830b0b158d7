using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>Small triangular matrices.</summary>
internal static class Triangular
{
    /// <summary>The inverse of a lower triangle, row by row; zeros above its diagonal are left as they are.</summary>
    public static void Invert(ReadOnlySpan<double> lower, Span<double> inverse, int size)
    {
        for (var i = 0; i < size; i++)
        {
            var row = inverse.Slice(i * size, i);
            row.Clear();
            for (var k = 0; k < i; k++)
            {
                var known = inverse.Slice(k * size, k + 1);
                TensorPrimitives.MultiplyAdd(known, -lower[i * size + k], row[..(k + 1)], row[..(k + 1)]);
            }

            TensorPrimitives.Divide(row, lower[i * size + i], row);
            inverse[i * size + i] = 1 / lower[i * size + i];
        }
    }
}
