using System.Numerics;
using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One right-hand side through a factor, strip after strip so that memory is read in order, four rows at a time so that the vector is not read
/// and written once a row.
/// </summary>
internal static unsafe class TriangleSolve
{
    private const int Width = UpperStrips.Width;

    /// <summary>x = (UᵀU)⁻¹ x.</summary>
    public static void Solve(UpperStrips factor, Span<double> x)
    {
        if (x.Length != factor.Size) throw new ArgumentException($"{x.Length} entries for {factor.Size} rows.", nameof(x));
        fixed (double* start = x)
        {
            for (var s = 0; s < factor.Count; s++) Forward(factor.Strip(s), s * Width, start);
            for (var s = factor.Count - 1; s >= 0; s--) Backward(factor.Strip(s), s * Width, start);
        }
    }

    // Uᵀ y = x, the entries of one strip.
    private static void Forward(MatrixView<double> strip, int first, double* x)
    {
        for (var row = 0; row < first; row += 4) Spread(strip, row, 0, x + row, x + first);
        for (var c = 0; c < strip.Columns; c += 4)
        {
            var count = Math.Min(4, strip.Columns - c);
            var triangle = strip.Block(first + c, c, count, count);
            for (var k = 0; k < count; k++)
            {
                var rest = x[first + c + k];
                for (var l = 0; l < k; l++) rest -= triangle.At(l)[k] * x[first + c + l];
                x[first + c + k] = rest / triangle.At(k)[k];
            }

            if (count == 4) Spread(strip, first + c, c + 4, x + first + c, x + first);
        }
    }

    // U x = y, the entries of one strip, and what they take off the ones above.
    private static void Backward(MatrixView<double> strip, int first, double* x)
    {
        for (var c = (strip.Columns - 1) & -4; c >= 0; c -= 4)
        {
            var count = Math.Min(4, strip.Columns - c);
            var triangle = strip.Block(first + c, c, count, count);
            if (count == 4) Gather(strip, first + c, c + 4, x + first + c, x + first);
            for (var k = count - 1; k >= 0; k--)
            {
                var rest = x[first + c + k];
                for (var l = k + 1; l < count; l++) rest -= triangle.At(k)[l] * x[first + c + l];
                x[first + c + k] = rest / triangle.At(k)[k];
            }
        }

        for (var row = 0; row < first; row += 4) Gather(strip, row, 0, x + row, x + first);
    }

    // Takes four rows, times an entry of y each, off the columns from one on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(MatrixView<double> strip, int row, int from, double* y, double* x)
    {
        double* r0 = strip.At(row), r1 = r0 + strip.Stride, r2 = r1 + strip.Stride, r3 = r2 + strip.Stride;
        double y0 = -y[0], y1 = -y[1], y2 = -y[2], y3 = -y[3];
        nint j = from, end = strip.Columns;
        for (; j + Vector<double>.Count <= end; j += Vector<double>.Count)
        {
            var sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r0 + j), new(y0), *(Vector<double>*)(x + j));
            sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r1 + j), new(y1), sum);
            sum = Vector.MultiplyAddEstimate(*(Vector<double>*)(r2 + j), new(y2), sum);
            *(Vector<double>*)(x + j) = Vector.MultiplyAddEstimate(*(Vector<double>*)(r3 + j), new(y3), sum);
        }

        for (; j < end; j++) x[j] += r0[j] * y0 + r1[j] * y1 + r2[j] * y2 + r3[j] * y3;
    }

    // Takes the columns from one on, times an entry of x each, off the four entries of y.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(MatrixView<double> strip, int row, int from, double* y, double* x)
    {
        double* r0 = strip.At(row), r1 = r0 + strip.Stride, r2 = r1 + strip.Stride, r3 = r2 + strip.Stride;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        nint j = from, end = strip.Columns;
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

        y[0] -= t0;
        y[1] -= t1;
        y[2] -= t2;
        y[3] -= t3;
    }
}
