using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Cholesky factorisation −M = UᵀU in place, by the upper triangle. The matrix comes negated, so that every product with what was finished is
/// added, which register tiles do, and Uᵀ is read as it lies. Block row after block row: its block on the diagonal first, then the others on
/// threads, each by one of them and in one order, so the result does not depend on their number. Nothing is allocated.
/// </summary>
internal sealed class Cholesky
{
    // Rows of a block on the diagonal that are worked on together, each from the first one's diagonal entry on.
    private const int Group = 32;

    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);
    private readonly SharedWork _blocks;
    private UpperStrips _matrix = null!;
    private int _blockRow;

    /// <param name="threads">All processors unless told.</param>
    public Cholesky(int? threads = null) => _blocks = new SharedWork(Right, threads);

    /// <summary>False if the matrix is not positive definite; it is spoilt then.</summary>
    public bool Factorise(UpperStrips negated, CancellationToken cancellation)
    {
        _matrix = negated;
        for (_blockRow = 0; _blockRow < negated.Count; _blockRow++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Diagonal()) return false;
            _blocks.Run(negated.Count - _blockRow - 1);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Diagonal()
    {
        var (strip, first) = (_matrix.Strip(_blockRow), _blockRow * _matrix.Width);
        for (var column = 0; first > 0 && column < strip.Columns; column += Group)
        {
            var (rows, rest) = (Math.Min(Group, strip.Columns - column), strip.Columns - column);
            _product.AddTransposed(strip.Block(0, column, first, rows), strip.Block(0, column, first, rest), strip.Block(first + column, column, rows, rest));
        }

        for (var column = 0; column < strip.Columns; column += FewRows.Count)
        {
            var row = first + column;
            TakeOff(strip, strip, row, column, column);
            if (!FewRows.Factorise(strip, row, column)) return false;
            if (column + FewRows.Count < strip.Columns) FewRows.Substitute(strip, strip, row, column, column + FewRows.Count);
        }

        return true;
    }

    // The block of the same rows, so many strips to the right.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Right(int number)
    {
        var (left, right, first) = (_matrix.Strip(_blockRow), _matrix.Strip(_blockRow + 1 + number), _blockRow * _matrix.Width);
        _product.AddTransposed(left.Block(0, 0, first, left.Columns), right.Block(0, 0, first, right.Columns), right.Block(first, 0, left.Columns, right.Columns));
        for (var column = 0; column < left.Columns; column += FewRows.Count)
        {
            TakeOff(left, right, first + column, column, 0);
            FewRows.Substitute(left, right, first + column, column, 0);
        }
    }

    // From a few rows of a strip, from some column on, what the rows above them in the same block contribute.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeOff(MatrixView<double> diagonal, MatrixView<double> strip, int row, int column, int from)
    {
        if (column == 0) return;
        from &= -8; // a vector may begin left of the diagonal: what is there counts for nothing
        var (above, rows, width) = (row - column, Math.Min(FewRows.Count, diagonal.Columns - column), strip.Columns - from);
        _product.AddTransposed(diagonal.Block(above, column, column, rows), strip.Block(above, from, column, width), strip.Block(row, from, rows, width));
    }
}
