namespace Unmask.Kernels;

/// <summary>
/// A matrix, or a block of one, somewhere in memory: row-major, rows <see cref="Stride"/> apart, padded as <see cref="PaddedMatrix{T}"/> does
/// it. A block has to begin at a whole 64-byte vector of its row where it is the right factor or the target of a product, and where it is a
/// left factor that lies transposed at a multiple of four. Valid as long as the memory is.
/// </summary>
public readonly unsafe struct MatrixView<T>(T* start, int rows, int columns, int stride)
    where T : unmanaged
{
    public T* Start { get; } = start;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>Where a row begins. Not checked.</summary>
    public T* At(int row) => Start + (nint)row * Stride;

    /// <summary>Rows × columns entries from (row, column) on.</summary>
    public MatrixView<T> Block(int row, int column, int rows, int columns)
    {
        if (row < 0 || column < 0 || rows < 0 || columns < 0 || row + rows > Rows || column + columns > Columns)
            throw new ArgumentException($"No {rows}x{columns} block at ({row}, {column}) of a {Rows}x{Columns} matrix.");
        return new(Start + (nint)row * Stride + column, rows, columns, Stride);
    }
}
