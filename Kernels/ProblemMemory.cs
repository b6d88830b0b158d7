using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>Copies between a caller's packed matrices and the padded ones of a program, of which the result lies one token a row.</summary>
internal sealed unsafe class ProblemMemory<T>(ProblemShape shape)
    where T : unmanaged
{
    private readonly bool _isPacked = shape.StrideN == shape.N && shape.Lanes == 1;

    /// <summary>d×n states.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FillStates(T* target, ReadOnlySpan<T> source, string name)
    {
        if (source.Length != shape.D * shape.N) throw Mismatch(name, source.Length, shape.D, shape.N);
        if (_isPacked) source.CopyTo(new Span<T>(target, source.Length));
        else FillRows(target, shape.StrideN, source, shape.D, shape.N);
    }

    /// <summary>The transpose of a matrix of the given size, of the problem in one lane.</summary>
    public void FillTransposed(T* target, int stride, ReadOnlySpan<T> source, int rows, int columns, string name, int lane)
    {
        if (source.Length != rows * columns) throw Mismatch(name, source.Length, rows, columns);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) target[(nint)j * stride + i * shape.Lanes + lane] = source[i * columns + j];
    }

    /// <summary>Weights, row by row, which are those of the problems in all lanes.</summary>
    public void FillWeights(T* target, int stride, ReadOnlySpan<T> source, int rows, int columns, string name)
    {
        if (source.Length != rows * columns) throw Mismatch(name, source.Length, rows, columns);
        FillRows(target, stride, source, rows, columns);
    }

    /// <summary>Their transpose.</summary>
    public void FillWeightsTransposed(T* target, int stride, ReadOnlySpan<T> source, int rows, int columns, string name)
    {
        if (source.Length != rows * columns) throw Mismatch(name, source.Length, rows, columns);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) target[(nint)j * stride + i] = source[i * columns + j];
    }

    /// <summary>The transposed map, hidden entries zero.</summary>
    public void FillMap(T* target, ReadOnlySpan<T> source, bool causal, string name, int lane = 0)
    {
        if (source.Length != shape.N * shape.N) throw Mismatch(name, source.Length, shape.N, shape.N);
        for (var i = 0; i < shape.N; i++)
            for (var j = 0; j < shape.N; j++)
                target[(nint)j * shape.StrideN + i * shape.Lanes + lane] = causal && j > i ? default : source[i * shape.N + j];
    }

    /// <summary>An n×d result as d×n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drain(T* source, Span<T> target, string name)
    {
        if (target.Length != shape.D * shape.N) throw Mismatch(name, target.Length, shape.D, shape.N);
        fixed (T* to = target) Transposition.Run(source, to, shape.N, shape.D, shape.StrideD, shape.N);
    }

    private static void FillRows(T* target, int stride, ReadOnlySpan<T> source, int rows, int columns)
    {
        for (var i = 0; i < rows; i++) source.Slice(i * columns, columns).CopyTo(new Span<T>(target + (nint)i * stride, columns));
    }

    private static ArgumentException Mismatch(string name, int length, int rows, int columns) =>
        new($"{name} has {length} entries, {rows}x{columns} needs {rows * columns}.", name);
}
