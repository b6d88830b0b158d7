using System.Numerics;
using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>Four rows of a matrix against one vector, so that the vector is read once and four chains of sums fill the pipeline.</summary>
internal static unsafe class RowQuad
{
    /// <summary>y[k] = row k · x, over the columns from one on; x begins at column 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(MatrixView<double> matrix, int row, int from, double* x, double* y)
    {
        double* r0 = matrix.At(row), r1 = r0 + matrix.Stride, r2 = r1 + matrix.Stride, r3 = r2 + matrix.Stride;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        nint j = from, end = matrix.Columns;
        for (; j + Vector<double>.Count <= end; j += Vector<double>.Count)
        {
            var v = *(Vector<double>*)(x + j);
            s0 = Vector.MultiplyAddEstimate(*(Vector<double>*)(r0 + j), v, s0);
            s1 = Vector.MultiplyAddEstimate(*(Vector<double>*)(r1 + j), v, s1);
            s2 = Vector.MultiplyAddEstimate(*(Vector<double>*)(r2 + j), v, s2);
            s3 = Vector.MultiplyAddEstimate(*(Vector<double>*)(r3 + j), v, s3);
        }

        double t0 = Vector.Sum(s0), t1 = Vector.Sum(s1), t2 = Vector.Sum(s2), t3 = Vector.Sum(s3);
        for (; j < end; j++)
        {
            t0 += r0[j] * x[j];
            t1 += r1[j] * x[j];
            t2 += r2[j] * x[j];
            t3 += r3[j] * x[j];
        }

        y[0] = t0;
        y[1] = t1;
        y[2] = t2;
        y[3] = t3;
    }

    /// <summary>x −= Σ y[k] row k, over the columns from one on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeOff(MatrixView<double> matrix, int row, int from, double* y, double* x)
    {
        double* r0 = matrix.At(row), r1 = r0 + matrix.Stride, r2 = r1 + matrix.Stride, r3 = r2 + matrix.Stride;
        double y0 = -y[0], y1 = -y[1], y2 = -y[2], y3 = -y[3];
        nint j = from, end = matrix.Columns;
        for (; j + Vector<double>.Count <= end; j += Vector<double>.Count)
        {
            var sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r0 + j), new(y0), *(Vector<double>*)(x + j));
            sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r1 + j), new(y1), sum);
            sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r2 + j), new(y2), sum);
            *(Vector<double>*)(x + j) = Vector.MultiplyAddEstimate(*(Vector<double>*)(r3 + j), new(y3), sum);
        }

        for (; j < end; j++) x[j] += r0[j] * y0 + r1[j] * y1 + r2[j] * y2 + r3[j] * y3;
    }
}
