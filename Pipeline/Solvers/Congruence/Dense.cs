using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>The border to MathNet, which does the eigenvalues and the small square systems.</summary>
internal static class Dense
{
    public static Matrix<double> ToMathNet(this Matrix a) => Matrix<double>.Build.DenseOfRowMajor(a.Rows, a.Columns, a.Values.ToArray());

    public static Matrix<Complex> ToComplex(this Matrix a) => Matrix<Complex>.Build.Dense(a.Rows, a.Columns, (i, j) => a[i, j]);

    public static Matrix ToMatrix(this Matrix<double> a) => Matrix.Own(a.RowCount, a.ColumnCount, a.ToRowMajorArray());

    /// <summary>The real part, where the imaginary one is rounding by construction.</summary>
    public static Matrix RealPart(this Matrix<Complex> a) => Matrix.Create(a.RowCount, a.ColumnCount, (i, j) => a[i, j].Real);

    /// <summary>A⁻¹ B for square A.</summary>
    public static Matrix Solve(this Matrix a, Matrix b) => a.ToMathNet().LU().Solve(b.ToMathNet()).ToMatrix();

    /// <summary>X·1/n, d×1.</summary>
    public static Matrix ColumnMean(this Matrix x) => Matrix.Create(x.Rows, 1, (i, _) => Average(x.Row(i)));

    /// <summary>Every row less its mean.</summary>
    public static Matrix CentreRows(this Matrix a)
    {
        var mean = a.ColumnMean();
        return Matrix.Create(a.Rows, a.Columns, (i, j) => a[i, j] - mean[i, 0]);
    }

    /// <summary>A + m·1ᵀ for a column m.</summary>
    public static Matrix AddToColumns(this Matrix a, Matrix column) =>
        Matrix.Create(a.Rows, a.Columns, (i, j) => a[i, j] + column[i, 0]);

    /// <summary>These columns of A, side by side.</summary>
    public static Matrix ColumnsAt(this Matrix a, Seq<int> columns) =>
        Matrix.Create(a.Rows, columns.Count, (i, k) => a[i, columns[k]]);

    /// <summary>So many columns of A, from one on.</summary>
    public static Matrix ColumnsFrom(this Matrix a, int first, int count) =>
        Matrix.Create(a.Rows, count, (i, k) => a[i, first + k]);

    private static double Average(ReadOnlySpan<double> row) => System.Numerics.Tensors.TensorPrimitives.Sum(row) / row.Length;
}
