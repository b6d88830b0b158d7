using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// How many eigenvalues of a symmetric matrix are positive, by Sylvester's law: A = Σ_k s_k v_kᵀv_k with s_k = ±1, row after row, without pivoting, has as many
/// positive signs. Blocks as in <see cref="Cholesky"/>, the rows of one sign turned over on the left of each product. docs/identifiability.md (N11).
/// </summary>
internal sealed class Inertia
{
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);
    private readonly SharedWork _blocks;
    private UpperStrips _matrix = null!;
    private PaddedMatrix<double> _turned = null!;
    private double[] _signs = [];
    private int _blockRow;

    /// <param name="threads">All processors unless told.</param>
    public Inertia(int? threads) => _blocks = new SharedWork(Block, threads);

    /// <summary>The count; the matrix is spoilt.</summary>
    public int Positive(UpperStrips matrix, CancellationToken cancellation)
    {
        (_matrix, _signs, _turned) = (matrix, new double[matrix.Size], new(matrix.Size, Math.Min(matrix.Size, matrix.Width)));
        for (_blockRow = 0; _blockRow < matrix.Count; _blockRow++)
        {
            cancellation.ThrowIfCancellationRequested();
            TurnOver();
            Block(-1);
            _blocks.Run(matrix.Count - _blockRow - 1);
        }

        return _signs.Count(sign => sign > 0);
    }

    // −s_k v_k above the block on the diagonal, so that products with it take off what earlier rows explain.
    private void TurnOver()
    {
        var strip = _matrix.Strip(_blockRow);
        for (var k = 0; k < _blockRow * _matrix.Width; k++)
            System.Numerics.Tensors.TensorPrimitives.Multiply(Row(strip, k), -_signs[k], _turned.Row(k)[..strip.Columns]);
    }

    // The block of this row so many strips to the right; −1 is the one on the diagonal.
    private void Block(int number)
    {
        var (first, rows) = (_blockRow * _matrix.Width, _matrix.Strip(_blockRow).Columns);
        var strip = _matrix.Strip(_blockRow + 1 + number);
        if (first > 0)
            _product.AddTransposed(_turned.View.Block(0, 0, first, rows), strip.Block(0, 0, first, strip.Columns), strip.Block(first, 0, rows, strip.Columns));
        for (var k = 0; k < rows; k++)
            if (number < 0) Pivot(strip, first, k);
            else Substitute(strip, first, k);
    }

    private unsafe void Pivot(MatrixView<double> strip, int first, int k)
    {
        TakeOff(strip, strip, first, k, k);
        var pivot = strip.At(first + k)[k];
        _signs[first + k] = pivot < 0 ? -1 : 1;
        Scale(Row(strip, first + k)[k..], pivot);
    }

    private unsafe void Substitute(MatrixView<double> strip, int first, int k)
    {
        var diagonal = _matrix.Strip(_blockRow);
        TakeOff(diagonal, strip, first, k, 0);
        var own = diagonal.At(first + k)[k];
        Scale(Row(strip, first + k), _signs[first + k] * own * own);
    }

    // From row k of a block, what the rows above it in the block explain, from some column on.
    private unsafe void TakeOff(MatrixView<double> diagonal, MatrixView<double> strip, int first, int k, int from)
    {
        var shares = stackalloc double[4];
        var row = strip.At(first + k);
        var l = 0;
        for (; l + 4 <= k; l += 4)
        {
            for (var m = 0; m < 4; m++) shares[m] = _signs[first + l + m] * diagonal.At(first + l + m)[k];
            RowQuad.TakeOff(strip, first + l, from, shares, row);
        }

        for (; l < k; l++)
        {
            var share = -_signs[first + l] * diagonal.At(first + l)[k];
            var target = Row(strip, first + k)[from..];
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(Row(strip, first + l)[from..], share, target, target);
        }
    }

    // v = row / (s √|p|); a pivot of exactly zero counts as a positive one of rounding.
    private static void Scale(Span<double> row, double pivot)
    {
        var root = Math.Sqrt(Math.Max(Math.Abs(pivot), 1e-300));
        System.Numerics.Tensors.TensorPrimitives.Divide(row, pivot < 0 ? -root : root, row);
    }

    private static unsafe Span<double> Row(MatrixView<double> strip, int row) => new(strip.At(row), strip.Columns);
}
