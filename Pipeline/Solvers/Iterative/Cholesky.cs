using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// In-place Cholesky factorisation of a symmetric matrix given by its lower triangle, row-major: columns in blocks, every inner product
/// along memory in pieces that stay in cache. Each entry is summed in one fixed order, so the result does not depend on the threads.
/// </summary>
internal static class Cholesky
{
    private const int BlockColumns = 64;
    private const int Piece = 256;
    private const int WorthThreads = 512;

    /// <summary>False if the matrix is not positive definite; it is spoilt then.</summary>
    public static bool Factorise(double[] matrix, int size, CancellationToken cancellation)
    {
        for (var start = 0; start < size; start += BlockColumns)
        {
            cancellation.ThrowIfCancellationRequested();
            var (from, to) = (start, Math.Min(start + BlockColumns, size));
            if (size - from < WorthThreads)
                for (var i = from; i < size; i++) Reduce(matrix, size, i, from, to);
            else
                Parallel.For(0, (size - from + BlockColumns - 1) / BlockColumns, block =>
                {
                    for (var i = from + block * BlockColumns; i < Math.Min(from + (block + 1) * BlockColumns, size); i++) Reduce(matrix, size, i, from, to);
                });
            for (var i = from; i < size; i++)
                if (!Finish(matrix, size, i, from, to)) return false;
        }

        return true;
    }

    // Takes from row i, columns from…to, what the columns before them contribute.
    private static void Reduce(double[] matrix, int size, int i, int from, int to)
    {
        for (var k = 0; k < from; k += Piece)
        {
            var length = Math.Min(Piece, from - k);
            var row = matrix.AsSpan(i * size + k, length);
            for (var j = from; j < Math.Min(to, i + 1); j++)
                matrix[i * size + j] -= TensorPrimitives.Dot<double>(row, matrix.AsSpan(j * size + k, length));
        }
    }

    // The same within the block, and the division by the diagonal.
    private static bool Finish(double[] matrix, int size, int i, int from, int to)
    {
        for (var j = from; j < Math.Min(to, i + 1); j++)
        {
            var rest = matrix[i * size + j] - TensorPrimitives.Dot<double>(matrix.AsSpan(i * size + from, j - from), matrix.AsSpan(j * size + from, j - from));
            if (i == j && !(rest > 0)) return false;
            matrix[i * size + j] = i == j ? Math.Sqrt(rest) : rest / matrix[j * size + j];
        }

        return true;
    }
}
