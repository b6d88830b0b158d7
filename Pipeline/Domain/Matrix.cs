using System.Numerics.Tensors;

namespace Unmask.Pipeline;

/// <summary>An immutable dense matrix of doubles, row-major. <c>m[i, j]</c> is row i, column j.</summary>
public sealed class Matrix : IEquatable<Matrix>
{
    private readonly double[] _values;

    private Matrix(int rows, int columns, double[] values) => (Rows, Columns, _values) = (rows, columns, values);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>All entries, row after row; length Rows × Columns.</summary>
    public ReadOnlySpan<double> Values => _values;

    public double this[int row, int column] => _values[row * Columns + column];

    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Columns, Columns);

    /// <summary>The same numbers as a rank-2 tensor view; nothing is copied.</summary>
    public ReadOnlyTensorSpan<double> AsTensor() => new(_values, [Rows, Columns]);

    /// <summary>Copies a row-major span of length rows × columns.</summary>
    public static Matrix Of(int rows, int columns, ReadOnlySpan<double> values) =>
        values.Length == rows * columns
            ? new Matrix(rows, columns, values.ToArray())
            : throw new ArgumentException($"{values.Length} values cannot fill {rows}x{columns}.", nameof(values));

    /// <summary>Copies a rank-2 tensor.</summary>
    public static Matrix Of(ReadOnlyTensorSpan<double> tensor)
    {
        if (tensor.Rank != 2) throw new ArgumentException($"A matrix has two axes, this tensor has {tensor.Rank}.", nameof(tensor));
        var values = new double[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return new Matrix((int)tensor.Lengths[0], (int)tensor.Lengths[1], values);
    }

    /// <summary>Fills each entry from its row and column.</summary>
    public static Matrix Create(int rows, int columns, Func<int, int, double> entry)
    {
        var values = new double[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                values[i * columns + j] = entry(i, j);
        return new Matrix(rows, columns, values);
    }

    /// <summary>Takes ownership of an array that nobody else keeps: the cheap door for solvers and readers.</summary>
    internal static Matrix Own(int rows, int columns, double[] values) =>
        values.Length == rows * columns
            ? new Matrix(rows, columns, values)
            : throw new ArgumentException($"{values.Length} values cannot fill {rows}x{columns}.", nameof(values));

    public static Matrix Identity(int size) => Create(size, size, (i, j) => i == j ? 1 : 0);

    public Matrix Transpose() => Create(Columns, Rows, (i, j) => this[j, i]);

    public Matrix Map(Func<double, double> f) => Create(Rows, Columns, (i, j) => f(this[i, j]));

    public static Matrix operator *(Matrix a, Matrix b)
    {
        if (a.Columns != b.Rows) throw new ArgumentException($"{a.Rows}x{a.Columns} times {b.Rows}x{b.Columns} is not defined.");
        var product = new double[a.Rows * b.Columns];
        for (var i = 0; i < a.Rows; i++)
        {
            var row = product.AsSpan(i * b.Columns, b.Columns);
            for (var k = 0; k < a.Columns; k++) TensorPrimitives.MultiplyAdd(b.Row(k), a[i, k], row, row);
        }

        return new Matrix(a.Rows, b.Columns, product);
    }

    public static Matrix operator *(double scale, Matrix a) => a.Map(v => scale * v);

    public static Matrix operator +(Matrix a, Matrix b) => Zip(a, b, (x, y) => x + y);

    public static Matrix operator -(Matrix a, Matrix b) => Zip(a, b, (x, y) => x - y);

    /// <summary>The largest |entry|.</summary>
    public double MaxNorm() => _values.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(Values));

    /// <summary>The square root of the sum of squares.</summary>
    public double FrobeniusNorm() => TensorPrimitives.Norm(Values);

    public bool AllFinite() => TensorPrimitives.IsFiniteAll(Values);

    public bool Equals(Matrix? other) =>
        other is not null && Rows == other.Rows && Columns == other.Columns && Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => Equals(obj as Matrix);

    public override int GetHashCode() => HashCode.Combine(Rows, Columns, _values.Length > 0 ? _values[0] : 0, _values.Length > 0 ? _values[^1] : 0);

    public override string ToString() => $"Matrix {Rows}x{Columns}";

    private static Matrix Zip(Matrix a, Matrix b, Func<double, double, double> f) =>
        (a.Rows, a.Columns) == (b.Rows, b.Columns)
            ? Create(a.Rows, a.Columns, (i, j) => f(a[i, j], b[i, j]))
            : throw new ArgumentException($"{a} and {b} have different shapes.");
}
