using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A Π = Q R by Householder reflections, with column pivoting where asked for and cut off after a given rank:
/// the rank-revealing factor behind row spaces, and the least-squares solver behind polishing.
/// </summary>
internal sealed class HouseholderQr
{
    private readonly double[][] _columns;
    private readonly double[] _diagonal;
    private readonly int _rows;

    private HouseholderQr(double[][] columns, int rows, double[] diagonal, int[] order) =>
        (_columns, _rows, _diagonal, Order) = (columns, rows, diagonal, order);

    public int Rank => _diagonal.Length;

    /// <summary>Which column of A stands at each place of R.</summary>
    public int[] Order { get; }

    /// <summary>|R_kk|, falling when pivoted.</summary>
    public double Pivot(int k) => Math.Abs(_diagonal[k]);

    public static HouseholderQr Of(Matrix a) => Of(a, Math.Min(a.Rows, a.Columns), pivoted: false);

    public static HouseholderQr Of(Matrix a, int rank, bool pivoted)
    {
        var columns = new double[a.Columns][];
        for (var j = 0; j < columns.Length; j++)
        {
            columns[j] = new double[a.Rows];
            for (var i = 0; i < a.Rows; i++) columns[j][i] = a[i, j];
        }

        var order = new int[columns.Length];
        for (var j = 0; j < order.Length; j++) order[j] = j;
        var diagonal = new double[rank];
        for (var k = 0; k < rank; k++)
        {
            if (pivoted) BringLargestForward(columns, order, k);
            diagonal[k] = Reflect(columns, k);
        }

        return new HouseholderQr(columns, a.Rows, diagonal, order);
    }

    /// <summary>The first <see cref="Rank"/> columns of Q, an orthonormal basis of the range.</summary>
    public Matrix Q()
    {
        var q = new double[_rows * Rank];
        var column = new double[_rows];
        for (var j = 0; j < Rank; j++)
        {
            System.Array.Clear(column);
            column[j] = 1;
            for (var k = Rank - 1; k >= 0; k--) ApplyReflector(k, column);
            for (var i = 0; i < _rows; i++) q[i * Rank + j] = column[i];
        }

        return Matrix.Own(_rows, Rank, q);
    }

    /// <summary>R, square, upper triangular, of an unpivoted factorisation of full column rank.</summary>
    public Matrix R() => Matrix.Create(Rank, Rank, (i, j) => i == j ? _diagonal[i] : i < j ? _columns[j][i] : 0);

    /// <summary>The least-squares solution of A Y = B, for an unpivoted factorisation of full column rank.</summary>
    public Matrix Solve(Matrix right)
    {
        var solution = new double[Rank * right.Columns];
        var column = new double[_rows];
        for (var j = 0; j < right.Columns; j++)
        {
            for (var i = 0; i < _rows; i++) column[i] = right[i, j];
            for (var k = 0; k < Rank; k++) ApplyReflector(k, column);
            for (var k = Rank - 1; k >= 0; k--)
            {
                var value = column[k] / _diagonal[k];
                solution[k * right.Columns + j] = value;
                var above = column.AsSpan(0, k);
                TensorPrimitives.MultiplyAdd(_columns[k].AsSpan(0, k), -value, above, above);
            }
        }

        return Matrix.Own(Rank, right.Columns, solution);
    }

    private void ApplyReflector(int k, double[] vector) => ReflectBy(_columns[k].AsSpan(k), vector.AsSpan(k));

    private static double Reflect(double[][] columns, int k)
    {
        var v = columns[k].AsSpan(k);
        var norm = TensorPrimitives.Norm<double>(v);
        if (norm == 0) return 0;
        var head = v[0] > 0 ? -norm : norm;
        v[0] -= head;
        TensorPrimitives.Multiply(v, Math.Sqrt(2) / TensorPrimitives.Norm<double>(v), v);
        for (var j = k + 1; j < columns.Length; j++) ReflectBy(v, columns[j].AsSpan(k));
        return head;
    }

    // The reflector is stored scaled to length √2, so that x ↦ x − v (vᵀx).
    private static void ReflectBy(ReadOnlySpan<double> v, Span<double> x) =>
        TensorPrimitives.MultiplyAdd(v, -TensorPrimitives.Dot(v, x), x, x);

    private static void BringLargestForward(double[][] columns, int[] order, int k)
    {
        var (best, most) = (k, -1.0);
        for (var j = k; j < columns.Length; j++)
        {
            var size = TensorPrimitives.SumOfSquares<double>(columns[j].AsSpan(k));
            if (size > most) (best, most) = (j, size);
        }

        (columns[k], columns[best]) = (columns[best], columns[k]);
        (order[k], order[best]) = (order[best], order[k]);
    }
}
