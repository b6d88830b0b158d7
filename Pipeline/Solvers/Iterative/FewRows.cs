using System.Numerics;
using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>Four rows of a Cholesky factor, once what the rows above contribute is taken off: their triangle, and what is to its right.</summary>
internal static unsafe class FewRows
{
    /// <summary>How many: the rows of a register tile.</summary>
    public const int Count = 4;

    /// <summary>The triangle that begins at (row, column); smaller where the strip ends. False if it is not positive definite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Factorise(MatrixView<double> strip, int row, int column)
    {
        var (stride, count) = ((nint)strip.Stride, Math.Min(Count, strip.Columns - column));
        var a = strip.At(row) + column;
        for (var c = 0; c < count; c++, a += stride + 1)
        {
            var rest = -*a;
            if (!(rest > 0)) return false;
            var root = Math.Sqrt(rest);
            var inverse = -1 / root;
            *a = root;
            for (var k = 1; k < count - c; k++) a[k] *= inverse;
            for (var r = 1; r < count - c; r++)
                for (var k = r; k < count - c; k++) a[r * stride + k] = double.MultiplyAddEstimate(a[r], a[k], a[r * stride + k]);
        }

        return true;
    }

    /// <summary>The columns of a strip from one on: X = −T⁻ᵀ M, T the triangle at (row, column) of the strip on the diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Substitute(MatrixView<double> diagonal, MatrixView<double> strip, int row, int column, int from)
    {
        double* t0 = diagonal.At(row) + column, t1 = t0 + diagonal.Stride, t2 = t1 + diagonal.Stride, t3 = t2 + diagonal.Stride;
        double t01 = t0[1], t02 = t0[2], t03 = t0[3], t12 = t1[2], t13 = t1[3], t23 = t2[3];
        double i0 = -1 / t0[0], i1 = -1 / t1[1], i2 = -1 / t2[2], i3 = -1 / t3[3];
        double* r0 = strip.At(row), r1 = r0 + strip.Stride, r2 = r1 + strip.Stride, r3 = r2 + strip.Stride;
        nint end = strip.Columns;
        var (j, width) = ((nint)from, Vector<double>.Count);
        for (; j + width <= end; j += width)
        {
            var x0 = *(Vector<double>*)(r0 + j) * i0;
            var x1 = Vector.MultiplyAddEstimate(new(t01), x0, *(Vector<double>*)(r1 + j)) * i1;
            var x2 = Vector.MultiplyAddEstimate(new(t02), x0, Vector.MultiplyAddEstimate(new(t12), x1, *(Vector<double>*)(r2 + j))) * i2;
            var x3 = Vector.MultiplyAddEstimate(new(t03), x0, *(Vector<double>*)(r3 + j));
            x3 = Vector.MultiplyAddEstimate(new(t23), x2, Vector.MultiplyAddEstimate(new(t13), x1, x3)) * i3;
            *(Vector<double>*)(r0 + j) = x0;
            *(Vector<double>*)(r1 + j) = x1;
            *(Vector<double>*)(r2 + j) = x2;
            *(Vector<double>*)(r3 + j) = x3;
        }

        for (; j < end; j++)
        {
            r0[j] *= i0;
            r1[j] = double.MultiplyAddEstimate(t01, r0[j], r1[j]) * i1;
            r2[j] = double.MultiplyAddEstimate(t02, r0[j], double.MultiplyAddEstimate(t12, r1[j], r2[j])) * i2;
            r3[j] = double.MultiplyAddEstimate(t23, r2[j], double.MultiplyAddEstimate(t13, r1[j], double.MultiplyAddEstimate(t03, r0[j], r3[j]))) * i3;
        }
    }
}
