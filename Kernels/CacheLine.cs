namespace Unmask.Kernels;

/// <summary>What moves between memory and caches at once, on x86. Where it is longer, what reckons with it is no less right, only slower.</summary>
internal static class CacheLine
{
    public const int Bytes = 64;
}
