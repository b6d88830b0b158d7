using System.Runtime.CompilerServices;
using Unmask.Generated;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What one product of 8×8 takes at 512 bits where the same is done again and again and waits for nothing: the least of those that gradients of this size are made of.
/// Inside a gradient each waits for the one before it.
/// </summary>
internal static unsafe class TinyProducts
{
    private const int Size = 8 * 8;

    public static double Nanoseconds(string precision, TimeSpan time)
    {
        Action<int>[] candidates = precision == "float" ? [TwiceInSingle, PairInSingle] : [TwiceInDouble, PairInDouble];
        return candidates.Min(two => KernelTiming.Measure(two, time / candidates.Length).Best) / 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwiceInSingle(int times)
    {
        fixed (float* m = Matrices<float>())
            for (; times > 0; times--) GroupedProductsF32W512.TwiceByRows(m, m + Size, m + 2 * Size, m + 3 * Size, m + 4 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairInSingle(int times)
    {
        fixed (float* m = Matrices<float>())
            for (; times > 0; times--) GroupedProductsF32W512.PairToRows(m, m, m + Size, m + 2 * Size, m + 3 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwiceInDouble(int times)
    {
        fixed (double* m = Matrices<double>())
            for (; times > 0; times--) GroupedProductsF64W512.Twice(m, m + Size, m + 2 * Size, m + 3 * Size, m + 4 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairInDouble(int times)
    {
        fixed (double* m = Matrices<double>())
            for (; times > 0; times--) GroupedProductsF64W512.Pair(m, m, m + Size, m + 2 * Size, m + 3 * Size);
    }

    // Zeros, from the beginning of a line of the cache on.
    private static Span<T> Matrices<T>()
        where T : unmanaged => Aligned<T>.Zeros;

    private static class Aligned<T>
        where T : unmanaged
    {
        private static readonly T[] Room = GC.AllocateArray<T>(5 * Size + 64, pinned: true);

        public static Span<T> Zeros
        {
            get
            {
                fixed (T* start = Room) return new Span<T>((T*)(((nint)start + 63) & -64), 5 * Size);
            }
        }
    }
}
