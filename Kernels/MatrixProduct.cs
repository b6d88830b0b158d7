using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>
/// Products of plain matrices on the emitted register tiles. Matrices are padded (see <see cref="PaddedMatrix{T}"/>): the rows of the target
/// are computed up to the next multiple of four, its columns to whole vectors, and the factors are read that far. Every sum is formed in one
/// order, whatever the number of threads. An evaluation allocates nothing. One product belongs to one caller at a time, unless it was made for
/// one thread: that has no state.
/// </summary>
public abstract unsafe class MatrixProduct<T>
    where T : unmanaged
{
    private protected MatrixProduct()
    {
    }

    /// <summary>C = A B: m×k times k×n gives m×n. Extents that do not agree are an <see cref="ArgumentException"/>.</summary>
    public void Multiply(MatrixView<T> left, MatrixView<T> right, MatrixView<T> target) => Run(left, right, target, transposed: false, accumulates: false);

    /// <summary>C += A B.</summary>
    public void Add(MatrixView<T> left, MatrixView<T> right, MatrixView<T> target) => Run(left, right, target, transposed: false, accumulates: true);

    /// <summary>C = Aᵀ B: k×m, transposed, times k×n gives m×n.</summary>
    public void MultiplyTransposed(MatrixView<T> left, MatrixView<T> right, MatrixView<T> target) => Run(left, right, target, transposed: true, accumulates: false);

    /// <summary>C += Aᵀ B.</summary>
    public void AddTransposed(MatrixView<T> left, MatrixView<T> right, MatrixView<T> target) => Run(left, right, target, transposed: true, accumulates: true);

    private protected abstract void Run(ProductPart part, T* left, T* right, T* target);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(MatrixView<T> left, MatrixView<T> right, MatrixView<T> target, bool transposed, bool accumulates)
    {
        var (rows, depth) = transposed ? (left.Columns, left.Rows) : (left.Rows, left.Columns);
        if (rows != target.Rows || depth != right.Rows || right.Columns != target.Columns)
            throw new ArgumentException($"{rows}x{depth} times {right.Rows}x{right.Columns} is not {target.Rows}x{target.Columns}.");
        Run(new ProductPart(rows, depth, right.Columns, left.Stride, right.Stride, target.Stride, transposed, accumulates), left.Start, right.Start, target.Start);
        GC.KeepAlive(left.Owner);
        GC.KeepAlive(right.Owner);
        GC.KeepAlive(target.Owner);
    }
}
