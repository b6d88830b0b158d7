namespace Unmask.Kernels;

/// <summary>Weights as products of grouped matrices take them: row after row, every entry as often as rows share a vector.</summary>
internal static unsafe class RepeatedRows
{
    /// <summary>Entry after entry of a square matrix without gaps, each so many times.</summary>
    public static void Lay<T>(T* source, T* target, int size, int times)
        where T : unmanaged
    {
        for (var entry = 0; entry < size * size; entry++) new Span<T>(target + entry * times, times).Fill(source[entry]);
    }
}
