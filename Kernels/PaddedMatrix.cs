namespace Unmask.Kernels;

/// <summary>
/// A matrix with memory of its own, zero at first, as products want it: rows padded with zeros to whole 64-byte vectors (a row of at most one
/// vector to a power of two, at least four), their number to a multiple of four, so that no register tile has an edge. Products write zeros
/// into the padding of their target as long as that of their factors is zero.
/// </summary>
public sealed unsafe class PaddedMatrix<T>
    where T : unmanaged
{
    private readonly Workspace<T> _memory;

    /// <summary>A matrix of zeros; both extents at least one.</summary>
    public PaddedMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        (Rows, Columns, Stride) = (rows, columns, Strides.Of<T>(columns));
        _memory = new Workspace<T>(checked(Strides.Rows(rows) * Stride));
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>All of it.</summary>
    public MatrixView<T> View => new(this, _memory.At(0), Rows, Columns, Stride);

    public static implicit operator MatrixView<T>(PaddedMatrix<T> matrix) => matrix.View;

    /// <summary>All rows with their padding, which has to stay zero; as long as the matrix is reachable.</summary>
    public Span<T> Padded => new(_memory.At(0), Strides.Rows(Rows) * Stride);

    /// <summary>One row without its padding, likewise.</summary>
    public Span<T> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return new(_memory.At(0) + (nint)row * Stride, Columns);
    }

    /// <summary>Takes a packed row-major matrix of the same extents.</summary>
    public void Set(ReadOnlySpan<T> packed)
    {
        if (packed.Length != Rows * Columns) throw Mismatch(packed.Length, nameof(packed));
        for (var i = 0; i < Rows; i++) packed.Slice(i * Columns, Columns).CopyTo(Row(i));
    }

    /// <summary>Writes itself packed, row-major.</summary>
    public void CopyTo(Span<T> packed)
    {
        if (packed.Length != Rows * Columns) throw Mismatch(packed.Length, nameof(packed));
        for (var i = 0; i < Rows; i++) Row(i).CopyTo(packed.Slice(i * Columns, Columns));
    }

    /// <summary>Takes the transpose of a columns × rows matrix.</summary>
    public void SetTransposed(PaddedMatrix<T> source)
    {
        if ((source.Rows, source.Columns) != (Columns, Rows))
            throw new ArgumentException($"{source.Rows}x{source.Columns} is not the transpose of {Rows}x{Columns}.", nameof(source));
        Transposition.Run(source._memory.At(0), _memory.At(0), source.Rows, source.Columns, source.Stride, Stride);
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    private ArgumentException Mismatch(int length, string name) => new($"{name} has {length} entries, {Rows}x{Columns} needs {Rows * Columns}.", name);
}
