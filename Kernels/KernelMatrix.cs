namespace Unmask.Kernels;

/// <summary>
/// A matrix where a kernel holds it: rows of <see cref="Columns"/> numbers, <see cref="Stride"/> apart; what lies between is zero and must
/// stay so. Reading and writing here spares the copies of the overloads that take spans.
/// </summary>
public readonly unsafe struct KernelMatrix<T>
    where T : unmanaged
{
    private readonly LossProgram<T> _owner; // keeps the memory
    private readonly T* _start;

    internal KernelMatrix(LossProgram<T> owner, T* start, int rows, int columns, int stride)
    {
        (_owner, Rows, Columns, Stride) = (owner, rows, columns, stride);
        _start = start;
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; }

    public T this[int row, int column]
    {
        get => Row(row)[column];
        set => Row(row)[column] = value;
    }

    /// <summary>One row, as long as the kernel lives.</summary>
    public Span<T> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        GC.KeepAlive(_owner);
        return new Span<T>(_start + (nint)row * Stride, Columns);
    }

    /// <summary>Copies a packed row-major matrix in.</summary>
    public void Set(ReadOnlySpan<T> packed)
    {
        if (packed.Length != Rows * Columns) throw new ArgumentException($"{packed.Length} entries for {Rows}x{Columns}.", nameof(packed));
        for (var i = 0; i < Rows; i++) packed.Slice(i * Columns, Columns).CopyTo(Row(i));
    }
}
