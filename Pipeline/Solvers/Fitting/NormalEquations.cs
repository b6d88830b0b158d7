using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The normal equations of a weighted linear least-squares problem, G y = g with G = Σ JᵀJ and g = Σ Jᵀr, summed block by block. Of G
/// only what lies on or above the diagonal counts. docs/output.md (O4).
/// </summary>
internal sealed class NormalEquations
{
    // Columns of a piece of G that is summed at a time: a whole number of vectors.
    private const int Strip = 192;

    // Directions that nothing sees still have to be positive definite.
    private const double LeastScale = 1e-12;

    private readonly PaddedMatrix<double> _matrix;
    private readonly double[] _gradient;
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble();
    private readonly DenseFactor _factor;

    public NormalEquations(int size, CancellationToken cancellation)
    {
        (_matrix, _gradient) = (new PaddedMatrix<double>(size, size), new double[size]);
        _factor = new DenseFactor(size, WriteDamped, cancellation);
    }

    public void Clear()
    {
        _matrix.Padded.Clear();
        System.Array.Clear(_gradient);
        _factor.Forget();
    }

    /// <summary>G += w·a bᵀ with a at rows from <paramref name="row"/> and b at columns from <paramref name="column"/>, where both are sought.</summary>
    public void AddOuter(int row, ReadOnlySpan<double> a, int column, ReadOnlySpan<double> b, double weight)
    {
        if (row < 0 || column < 0) return;
        if (row > column)
        {
            AddOuter(column, b, row, a, weight);
            return;
        }

        for (var r = 0; r < a.Length; r++)
        {
            var target = _matrix.Row(row + r).Slice(column, b.Length);
            TensorPrimitives.MultiplyAdd(b, weight * a[r], target, target);
        }
    }

    /// <summary>g += r·a.</summary>
    public void AddGradient(int row, ReadOnlySpan<double> a, double residual)
    {
        if (row < 0) return;
        var target = _gradient.AsSpan(row, a.Length);
        TensorPrimitives.MultiplyAdd(a, residual, target, target);
    }

    /// <summary>G += LᵀR, both with as many columns as there are unknowns, of a product that is symmetric.</summary>
    public void AddProduct(MatrixView<double> left, MatrixView<double> right)
    {
        for (var first = 0; first < _matrix.Columns; first += Strip)
        {
            var width = Math.Min(Strip, _matrix.Columns - first);
            _product.AddTransposed(
                left.Block(0, 0, left.Rows, first + width),
                right.Block(0, first, right.Rows, width),
                _matrix.View.Block(0, first, first + width, width));
        }
    }

    /// <summary>(G + λ·diag G) y = g; false where that is not positive definite.</summary>
    public bool Solve(double damping, double[] solution) => _factor.Solve(damping, _gradient, solution);

    private void WriteDamped(UpperStrips target, double damping)
    {
        var (size, largest) = (_matrix.Columns, 0.0);
        for (var row = 0; row < size; row++) largest = Math.Max(largest, _matrix.Row(row)[row]);
        var line = new double[size];
        for (var row = 0; row < size; row++)
        {
            var rest = line.AsSpan(0, size - row);
            TensorPrimitives.Negate(_matrix.Row(row)[row..], rest);
            rest[0] -= damping * Math.Max(_matrix.Row(row)[row], LeastScale * largest);
            target.SetRow(row, rest);
        }
    }
}
