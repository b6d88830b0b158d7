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
                if (!Diagonal(a, size, from, to)) return false;
                PackTriangle(a, size, from, to, triangle);
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

    private static bool Diagonal(double* a, int size, int from, int to)
    {
        for (var i = from; i < to; i++)
            for (var j = from; j <= i; j++)
            {
                var rest = a[(nint)i * size + j];
                for (var k = from; k < j; k++) rest -= a[(nint)i * size + k] * a[(nint)j * size + k];
                if (i == j && !(rest > 0)) return false;
                a[(nint)i * size + j] = i == j ? Math.Sqrt(rest) : rest / a[(nint)j * size + j];
            }

        return true;
    }

    private static void PackTriangle(double* a, int size, int from, int to, double* triangle)
    {
        var strip = DenseProduct.Strip;
        for (var j = from; j < to; j++)
        {
            var target = triangle + (nint)((j - from) / strip) * strip * BlockColumns + (j - from) % strip;
            for (nint k = 0; k < j - from; k++) target[k * strip] = a[(nint)j * size + from + k];
        }
    }

    // Row times the inverse of the block column's triangle, transposed: strips by tiles, within a strip by substitution.
    private static void Substitute(double* a, int size, int from, int to, double* triangle, int first, int last)
    {
        var strip = DenseProduct.Strip;
        for (var j = from; j < to; j += strip)
        {
            var width = Math.Min(strip, to - j);
            if (j > from)
                DenseProduct.Run(
                    a + (nint)first * size + from, size, triangle + (nint)(j - from) * BlockColumns, strip, a + (nint)first * size + j, size,
                    last - first, width, j - from, subtract: true);
            for (var i = first; i < last; i++)
            {
                var row = a + (nint)i * size + j;
                for (var c = 0; c < width; c++)
                {
                    var l = a + (nint)(j + c) * size + j;
                    var rest = row[c];
                    for (var k = 0; k < c; k++) rest -= row[k] * l[k];
                    row[c] = rest / l[c];
                }
            }
        }
    }
}
