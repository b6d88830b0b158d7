using System.Numerics;
using System.Runtime.CompilerServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Products of the small dense matrices inside a step, row-major, in register tiles of four rows by two vectors. Each entry is summed along k
/// in order, so it depends neither on the tile it falls in nor on threads.
/// </summary>
internal static unsafe class DenseProduct
{
    /// <summary>Columns of a tile: a packed operand has strips of this width.</summary>
    public static int Strip => 2 * Vector<double>.Count;

    /// <summary>C = A B with A m×k, B k×n.</summary>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int m, int k, int n)
    {
        if (a.Length < m * k || b.Length < k * n || c.Length < m * n) throw new ArgumentException($"Too short for {m}x{k} times {k}x{n}.");
        fixed (double* pa = a, pb = b, pc = c) Run(pa, k, pb, n, pc, n, m, n, k, subtract: false);
    }

    /// <summary>Bᵀ of a rows×columns matrix.</summary>
    public static void Transpose(ReadOnlySpan<double> a, Span<double> transposed, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) transposed[j * rows + i] = a[i * columns + j];
    }

    /// <summary>C = A B, or C −= A B, with leading dimensions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(double* a, int lda, double* b, int ldb, double* c, int ldc, int m, int n, int k, bool subtract)
    {
        var width = Vector<double>.Count;
        var j = 0;
        for (; j + 2 * width <= n; j += 2 * width)
        {
            var i = 0;
            for (; i + 4 <= m; i += 4) FourByTwo(a + (nint)i * lda, lda, b + j, ldb, c + (nint)i * ldc + j, ldc, k, subtract);
            for (; i < m; i++) OneByTwo(a + (nint)i * lda, b + j, ldb, c + (nint)i * ldc + j, k, subtract);
        }

        // The last columns: a vector that reaches back over finished ones and leaves them as they are.
        for (; j < n; j += width)
        {
            if (n < width)
            {
                Scalars(a, lda, b, ldb, c, ldc, m, n, k, subtract);
                return;
            }

            var start = Math.Min(j, n - width);
            var finished = Vector.LessThan(Vector<double>.Indices, new Vector<double>(j - start));
            var i = 0;
            for (; i + 4 <= m; i += 4) FourByOne(a + (nint)i * lda, lda, b + start, ldb, c + (nint)i * ldc + start, ldc, k, subtract, finished);
            for (; i < m; i++) OneByOne(a + (nint)i * lda, b + start, ldb, c + (nint)i * ldc + start, k, subtract, finished);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(double* a, int lda, double* b, int ldb, double* c, int ldc, int k, bool subtract)
    {
        var width = Vector<double>.Count;
        double* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
        Vector<double> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (nint l = 0; l < k; l++)
        {
            var (b0, b1) = (*(Vector<double>*)b, *(Vector<double>*)(b + width));
            b += ldb;
            var v = new Vector<double>(a[l]);
            s00 = Vector.MultiplyAddEstimate(v, b0, s00);
            s01 = Vector.MultiplyAddEstimate(v, b1, s01);
            v = new Vector<double>(a1[l]);
            s10 = Vector.MultiplyAddEstimate(v, b0, s10);
            s11 = Vector.MultiplyAddEstimate(v, b1, s11);
            v = new Vector<double>(a2[l]);
            s20 = Vector.MultiplyAddEstimate(v, b0, s20);
            s21 = Vector.MultiplyAddEstimate(v, b1, s21);
            v = new Vector<double>(a3[l]);
            s30 = Vector.MultiplyAddEstimate(v, b0, s30);
            s31 = Vector.MultiplyAddEstimate(v, b1, s31);
        }

        Store(c, s00, subtract);
        Store(c + width, s01, subtract);
        Store(c + ldc, s10, subtract);
        Store(c + ldc + width, s11, subtract);
        Store(c + 2 * (nint)ldc, s20, subtract);
        Store(c + 2 * (nint)ldc + width, s21, subtract);
        Store(c + 3 * (nint)ldc, s30, subtract);
        Store(c + 3 * (nint)ldc + width, s31, subtract);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByTwo(double* a, double* b, int ldb, double* c, int k, bool subtract)
    {
        var width = Vector<double>.Count;
        Vector<double> s0 = default, s1 = default;
        for (nint l = 0; l < k; l++, b += ldb)
        {
            var v = new Vector<double>(a[l]);
            s0 = Vector.MultiplyAddEstimate(v, *(Vector<double>*)b, s0);
            s1 = Vector.MultiplyAddEstimate(v, *(Vector<double>*)(b + width), s1);
        }

        Store(c, s0, subtract);
        Store(c + width, s1, subtract);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(double* a, int lda, double* b, int ldb, double* c, int ldc, int k, bool subtract, Vector<long> finished)
    {
        double* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nint l = 0; l < k; l++)
        {
            var b0 = *(Vector<double>*)b;
            b += ldb;
            s0 = Vector.MultiplyAddEstimate(new Vector<double>(a[l]), b0, s0);
            s1 = Vector.MultiplyAddEstimate(new Vector<double>(a1[l]), b0, s1);
            s2 = Vector.MultiplyAddEstimate(new Vector<double>(a2[l]), b0, s2);
            s3 = Vector.MultiplyAddEstimate(new Vector<double>(a3[l]), b0, s3);
        }

        Store(c, s0, subtract, finished);
        Store(c + ldc, s1, subtract, finished);
        Store(c + 2 * (nint)ldc, s2, subtract, finished);
        Store(c + 3 * (nint)ldc, s3, subtract, finished);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(double* a, double* b, int ldb, double* c, int k, bool subtract, Vector<long> finished)
    {
        Vector<double> s = default;
        for (nint l = 0; l < k; l++, b += ldb) s = Vector.MultiplyAddEstimate(new Vector<double>(a[l]), *(Vector<double>*)b, s);
        Store(c, s, subtract, finished);
    }

    private static void Scalars(double* a, int lda, double* b, int ldb, double* c, int ldc, int m, int n, int k, bool subtract)
    {
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var s = 0.0;
                for (nint l = 0; l < k; l++) s = double.MultiplyAddEstimate(a[(nint)i * lda + l], b[l * ldb + j], s);
                var target = c + (nint)i * ldc + j;
                *target = subtract ? *target - s : s;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, Vector<double> sum, bool subtract) =>
        *(Vector<double>*)c = subtract ? *(Vector<double>*)c - sum : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, Vector<double> sum, bool subtract, Vector<long> finished)
    {
        var old = *(Vector<double>*)c;
        *(Vector<double>*)c = Vector.ConditionalSelect(finished, old, subtract ? old - sum : sum);
    }
}
