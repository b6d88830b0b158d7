namespace Unmask.Kernels;

/// <summary>
/// A matrix, or a block of one, somewhere in memory: row-major, rows <see cref="Stride"/> apart, padded as <see cref="PaddedMatrix{T}"/> does
/// it. A block has to begin at a whole 64-byte vector of its row where it is the right factor or the target of a product, and where it is a
/// left factor that lies transposed at a multiple of four. Pointers are valid as long as the view, or its matrix, is reachable.
/// </summary>
public readonly unsafe struct MatrixView<T>
    where T : unmanaged
{
    internal MatrixView(object owner, T* start, int rows, int columns, int stride)
    {
        (Owner, Rows, Columns, Stride) = (owner, rows, columns, stride);
        Start = start;
    }

    public T* Start { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Keeps the memory.</summary>
    internal object Owner { get; }

    /// <summary>Where a row begins. Not checked.</summary>
    public T* At(int row) => Start + (nint)row * Stride;

    /// <summary>Rows × columns entries from (row, column) on.</summary>
    public MatrixView<T> Block(int row, int column, int rows, int columns)
    {
        if (row < 0 || column < 0 || rows < 0 || columns < 0 || row + rows > Rows || column + columns > Columns)
            throw new ArgumentException($"No {rows}x{columns} block at ({row}, {column}) of a {Rows}x{Columns} matrix.");
        return new(Owner, Start + (nint)row * Stride + column, rows, columns, Stride);
    }
}
