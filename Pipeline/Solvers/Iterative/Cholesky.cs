using System.Runtime.CompilerServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// In-place Cholesky factorisation of symmetric matrices up to a given size, by their lower triangle, row-major: block column after block
/// column, the columns to its left taken off by register tiles over pieces that stay in cache. Each entry is summed in one fixed order, so the
/// result does not depend on the threads. What lies above the diagonal is spoilt. Buffers are made once.
/// </summary>
internal sealed unsafe class Cholesky(int most)
{
    private const int BlockColumns = 64;
    private const int Piece = 256;
    private const int WorthThreads = 512;

    // Two columns of rows wide enough for every strip; the rows of the block column's own triangle, transposed, strip by strip.
    private readonly double[] _packed = GC.AllocateUninitializedArray<double>((BlockColumns + DenseProduct.Strip) * most);
    private readonly double[] _triangle = new double[(BlockColumns + DenseProduct.Strip) * BlockColumns];

    /// <summary>False if the matrix is not positive definite; it is spoilt then.</summary>
    public bool Factorise(double[] matrix, int size, CancellationToken cancellation)
    {
        fixed (double* a = matrix, packed = _packed, triangle = _triangle)
        {
            for (var from = 0; from < size; from += BlockColumns)
            {
                cancellation.ThrowIfCancellationRequested();
                var to = Math.Min(from + BlockColumns, size);
                Pack(a, size, from, to, packed);
                Reduce(a, size, from, to, packed, from, to);
                if (!Diagonal(a, size, from, to, triangle)) return false;
                if (size - to < WorthThreads) Below(a, size, from, to, packed, triangle, to, size);
                else BelowOnThreads(a, size, from, to, packed, triangle);
            }
        }

        return true;
    }

    /// <summary>x = (L Lᵀ)⁻¹ x.</summary>
    public static void Solve(double[] factor, int size, Span<double> x)
    {
        for (var i = 0; i < size; i++)
            x[i] = (x[i] - System.Numerics.Tensors.TensorPrimitives.Dot<double>(factor.AsSpan(i * size, i), x[..i])) / factor[i * size + i];
        for (var i = size - 1; i >= 0; i--)
        {
            x[i] /= factor[i * size + i];
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(factor.AsSpan(i * size, i), -x[i], x[..i], x[..i]);
        }
    }

    // A method of its own: its closure would be allocated even where no threads are used.
    private static void BelowOnThreads(double* a, int size, int from, int to, double* packed, double* triangle) =>
        Parallel.For(0, (size - to + BlockColumns - 1) / BlockColumns, block =>
        {
            var first = to + block * BlockColumns;
            Below(a, size, from, to, packed, triangle, first, Math.Min(first + BlockColumns, size));
        });

    private static void Below(double* a, int size, int from, int to, double* packed, double* triangle, int first, int end)
    {
        for (var i = first; i < end; i += BlockColumns)
        {
            var last = Math.Min(i + BlockColumns, end);
            Reduce(a, size, from, to, packed, i, last);
            Substitute(a, size, from, to, triangle, i, last);
        }
    }

    // Rows from…to of the columns before them, transposed, in strips of tile width.
    private static void Pack(double* a, int size, int from, int to, double* packed)
    {
        var strip = DenseProduct.Strip;
        for (var j = from; j < to; j++)
        {
            var row = a + (nint)j * size;
            var target = packed + (nint)((j - from) / strip) * strip * from + (j - from) % strip;
            for (nint k = 0; k < from; k++) target[k * strip] = row[k];
        }
    }

    // Takes from rows first…last, columns from…to, what the columns before them contribute.
    private static void Reduce(double* a, int size, int from, int to, double* packed, int first, int last)
    {
        var strip = DenseProduct.Strip;
        for (var k = 0; k < from; k += Piece)
            for (var j = from; j < to; j += strip)
                DenseProduct.Run(
                    a + (nint)first * size + k, size, packed + (nint)(j - from) * from + (nint)k * strip, strip, a + (nint)first * size + j, size,
                    last - first, Math.Min(strip, to - j), Math.Min(Piece, from - k), subtract: true);
    }

    // The block column's own triangle, strip after strip, each kept transposed for the rows below.
    private static bool Diagonal(double* a, int size, int from, int to, double* triangle)
    {
        var strip = DenseProduct.Strip;
        for (var j = from; j < to; j += strip)
        {
            var end = Math.Min(j + strip, to);
            for (var c = j; c < end; c++)
                for (nint k = 0; k < j - from; k++) triangle[(j - from) * BlockColumns + k * strip + c - j] = a[(nint)c * size + from + k];
            TakeOffStrips(a, size, from, j, end, triangle, j, to);
            for (var c = j; c < end; c++)
            {
                if (c > j) SubstituteRows(a + (nint)c * size + j, a + (nint)j * size + j, size, c - j, 1);
                var rest = a[(nint)c * size + c];
                for (var k = j; k < c; k++) rest -= a[(nint)c * size + k] * a[(nint)c * size + k];
                if (!(rest > 0)) return false;
                a[(nint)c * size + c] = Math.Sqrt(rest);
            }

            SubstituteRows(a + (nint)end * size + j, a + (nint)j * size + j, size, end - j, to - end);
        }

        return true;
    }

    // Rows times the inverse of the block column's triangle, transposed: strips by tiles, within a strip by substitution.
    private static void Substitute(double* a, int size, int from, int to, double* triangle, int first, int last)
    {
        for (var j = from; j < to; j += DenseProduct.Strip)
        {
            var end = Math.Min(j + DenseProduct.Strip, to);
            TakeOffStrips(a, size, from, j, end, triangle, first, last);
            SubstituteRows(a + (nint)first * size + j, a + (nint)j * size + j, size, end - j, last - first);
        }
    }

    private static void TakeOffStrips(double* a, int size, int from, int j, int end, double* triangle, int first, int last)
    {
        if (j > from)
            DenseProduct.Run(
                a + (nint)first * size + from, size, triangle + (nint)(j - from) * BlockColumns, DenseProduct.Strip, a + (nint)first * size + j, size,
                last - first, end - j, j - from, subtract: true);
    }

    // Four rows at a time: each is a chain of dependent operations, and four chains fill the pipeline.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubstituteRows(double* rows, double* lower, int size, int width, int count)
    {
        var inverse = stackalloc double[width];
        for (nint c = 0; c < width; c++) inverse[c] = 1 / lower[c * size + c];
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            double* r0 = rows + (nint)i * size, r1 = r0 + size, r2 = r1 + size, r3 = r2 + size;
            for (nint c = 0; c < width; c++)
            {
                var l = lower + c * size;
                double s0 = r0[c], s1 = r1[c], s2 = r2[c], s3 = r3[c];
                for (nint k = 0; k < c; k++)
                {
                    s0 = double.MultiplyAddEstimate(-l[k], r0[k], s0);
                    s1 = double.MultiplyAddEstimate(-l[k], r1[k], s1);
                    s2 = double.MultiplyAddEstimate(-l[k], r2[k], s2);
                    s3 = double.MultiplyAddEstimate(-l[k], r3[k], s3);
                }

                r0[c] = s0 * inverse[c];
                r1[c] = s1 * inverse[c];
                r2[c] = s2 * inverse[c];
                r3[c] = s3 * inverse[c];
            }
        }

        for (; i < count; i++)
        {
            var row = rows + (nint)i * size;
            for (nint c = 0; c < width; c++)
            {
                var rest = row[c];
                for (nint k = 0; k < c; k++) rest = double.MultiplyAddEstimate(-lower[c * size + k], row[k], rest);
                row[c] = rest * inverse[c];
            }
        }
    }
}
