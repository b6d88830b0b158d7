namespace Unmask.Kernels;

/// <summary>Weights as products of grouped matrices take them: row after row, every entry as often as rows share a vector.</summary>
internal static unsafe class RepeatedRows
{
    /// <summary>Entry after entry of a square matrix without gaps, each so many times; and all of it so many times over.</summary>
    public static void Lay<T>(T* source, T* target, int size, int times, int copies)
        where T : unmanaged
    {
        for (var copy = 0; copy < copies; copy++)
            for (var entry = 0; entry < size * size; entry++, target += times)
                new Span<T>(target, times).Fill(source[entry]);
    }
}
