using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>One right-hand side through a factor, strip after strip, so that memory is read in order, and four rows at a time.</summary>
internal static unsafe class TriangleSolve
{
    /// <summary>x = (UᵀU)⁻¹ x.</summary>
    public static void Solve(UpperStrips factor, Span<double> x)
    {
        if (x.Length != factor.Size) throw new ArgumentException($"{x.Length} entries for {factor.Size} rows.", nameof(x));
        fixed (double* start = x)
        {
            for (var s = 0; s < factor.Count; s++) Forward(factor.Strip(s), s * factor.Width, start);
            for (var s = factor.Count - 1; s >= 0; s--) Backward(factor.Strip(s), s * factor.Width, start);
        }
    }

    /// <summary>x = U⁻¹ x: unit noise becomes noise of covariance (UᵀU)⁻¹.</summary>
    public static void SolveUpper(UpperStrips factor, Span<double> x)
    {
        if (x.Length != factor.Size) throw new ArgumentException($"{x.Length} entries for {factor.Size} rows.", nameof(x));
        fixed (double* start = x)
            for (var s = factor.Count - 1; s >= 0; s--) Backward(factor.Strip(s), s * factor.Width, start);
    }

    // Uᵀ y = x, the entries of one strip.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward(MatrixView<double> strip, int first, double* x)
    {
        for (var row = 0; row < first; row += 4) RowQuad.TakeOff(strip, row, 0, x + row, x + first);
        var c = 0;
        for (; c + 4 <= strip.Columns; c += 4)
        {
            double* y = x + first + c, t0 = strip.At(first + c) + c, t1 = t0 + strip.Stride, t2 = t1 + strip.Stride, t3 = t2 + strip.Stride;
            double i0 = 1 / t0[0], i1 = 1 / t1[1], i2 = 1 / t2[2], i3 = 1 / t3[3];
            var y0 = y[0] * i0;
            var y1 = (y[1] - t0[1] * y0) * i1;
            var y2 = (y[2] - t0[2] * y0 - t1[2] * y1) * i2;
            var y3 = (y[3] - t0[3] * y0 - t1[3] * y1 - t2[3] * y2) * i3;
            (y[0], y[1], y[2], y[3]) = (y0, y1, y2, y3);
            RowQuad.TakeOff(strip, first + c, c + 4, y, x + first);
        }

        for (var k = c; k < strip.Columns; k++)
        {
            for (var l = c; l < k; l++) x[first + k] -= strip.At(first + l)[k] * x[first + l];
            x[first + k] /= strip.At(first + k)[k];
        }
    }

    // U x = y, the entries of one strip, and what they take off the ones above.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward(MatrixView<double> strip, int first, double* x)
    {
        var c = strip.Columns & -4;
        for (var k = strip.Columns - 1; k >= c; k--)
        {
            for (var l = k + 1; l < strip.Columns; l++) x[first + k] -= strip.At(first + k)[l] * x[first + l];
            x[first + k] /= strip.At(first + k)[k];
        }

        var dots = stackalloc double[4];
        for (c -= 4; c >= 0; c -= 4)
        {
            RowQuad.Dot(strip, first + c, c + 4, x + first, dots);
            double* y = x + first + c, t0 = strip.At(first + c) + c, t1 = t0 + strip.Stride, t2 = t1 + strip.Stride, t3 = t2 + strip.Stride;
            double i0 = 1 / t0[0], i1 = 1 / t1[1], i2 = 1 / t2[2], i3 = 1 / t3[3];
            var y3 = (y[3] - dots[3]) * i3;
            var y2 = (y[2] - dots[2] - t2[3] * y3) * i2;
            var y1 = (y[1] - dots[1] - t1[3] * y3 - t1[2] * y2) * i1;
            (y[0], y[1], y[2], y[3]) = ((y[0] - dots[0] - t0[3] * y3 - t0[2] * y2 - t0[1] * y1) * i0, y1, y2, y3);
        }

        for (var row = 0; row < first; row += 4)
        {
            RowQuad.Dot(strip, row, 0, x + first, dots);
            for (var k = 0; k < 4; k++) x[row + k] -= dots[k];
        }
    }
}
