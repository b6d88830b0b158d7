namespace Unmask.Kernels;

/// <summary>Where a thread keeps its copies of factors, from one product to the next.</summary>
internal static class PackedMemory<T>
    where T : unmanaged
{
    [ThreadStatic]
    private static Workspace<T>? copies;

    /// <summary>Room for so many entries at least; what was in it may be lost.</summary>
    public static Workspace<T> Of(nint entries) => copies is { } known && known.Length >= entries ? known : copies = new Workspace<T>((int)entries);
}
