namespace Unmask.Kernels;

/// <summary>Square transposition between two buffers of the same stride.</summary>
internal static unsafe class Transposition
{
    private const int Block = 8;

    /// <summary>target = sourceᵀ, n×n, in blocks that fit a few cache lines each way.</summary>
    public static void Run<T>(T* source, T* target, int n, int stride)
        where T : unmanaged
    {
        for (var i = 0; i < n; i += Block)
            for (var j = 0; j < n; j += Block)
            {
                var (iEnd, jEnd) = (Math.Min(i + Block, n), Math.Min(j + Block, n));
                for (var r = i; r < iEnd; r++)
                {
                    var from = source + (nint)r * stride;
                    for (var c = j; c < jEnd; c++) target[(nint)c * stride + r] = from[c];
                }
            }
    }
}
