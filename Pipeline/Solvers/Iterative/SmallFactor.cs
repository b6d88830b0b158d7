using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>L with M = L Lᵀ and its inverse, of a d×d matrix, entry by entry in plain loops; above the diagonal both are zero. Buffers are made once.</summary>
internal sealed class SmallFactor(int d)
{
    /// <summary>L, d×d.</summary>
    public PaddedMatrix<double> Factor { get; } = new(d, d);

    /// <summary>L⁻¹, d×d.</summary>
    public PaddedMatrix<double> Inverse { get; } = new(d, d);

    /// <summary>Factors a d×d matrix by its lower triangle; squares on the diagonal of L are no smaller than the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Of(PaddedMatrix<double> matrix, double least)
    {
        for (var a = 0; a < d; a++)
        {
            var row = Factor.Row(a);
            var known = matrix.Row(a);
            for (var b = 0; b < a; b++) row[b] = (known[b] - TensorPrimitives.Dot<double>(row[..b], Factor.Row(b)[..b])) / Factor.Row(b)[b];
            row[a] = Math.Sqrt(Math.Max(known[a] - TensorPrimitives.SumOfSquares<double>(row[..a]), least));
        }

        for (var a = 0; a < d; a++) InvertRow(Factor.Row(a), Inverse.Row(a)[..(a + 1)], a);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void InvertRow(ReadOnlySpan<double> lower, Span<double> row, int a)
    {
        row.Clear();
        for (var b = 0; b < a; b++) TensorPrimitives.MultiplyAdd(Inverse.Row(b)[..(b + 1)], -lower[b], row[..(b + 1)], row[..(b + 1)]);
        row[a] = 1;
        TensorPrimitives.Divide(row, lower[a], row);
    }
}
