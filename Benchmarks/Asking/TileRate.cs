using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// How fast this core multiplies where both factors have to be read, from the first cache: one register tile, so deep that its beginning and its end count
/// for nothing. The multiply-adds of a product run no faster than this, whatever is around them.
/// </summary>
internal static unsafe class TileRate
{
    // So deep, the widest strip of the right factor still leaves room in the first cache.
    private const int Depth = 128;
    private const int Rows = 16;

    /// <summary>Gigaflops per second for a result so many vectors wide. One vector alone needs a read for every multiply-add.</summary>
    public static double Measure<T>(int vectors, TimeSpan time)
        where T : unmanaged
    {
        var (precision, width) = (sizeof(T) == 4 ? "F32" : "F64", VectorWidths.Best);
        var panels = (IPanels<T>)Activator.CreateInstance(typeof(KernelTable).Assembly.GetType($"Unmask.Generated.Panels{precision}{(width == VectorWidth.Scalar ? "Scalar" : $"W{(int)width}")}")!)!;
        var columns = vectors * Math.Max(1, (int)width / 8 / sizeof(T));
        T[] left = Zeros(Rows * Depth), right = Zeros(Depth * columns), target = Zeros(Rows * columns);
        var shape = new RangeShape<Straight>(Rows, Depth, columns, Depth, columns, columns, accumulates: false);
        void Multiply(int times)
        {
            fixed (T* a = left, b = right, c = target)
                for (; times > 0; times--) panels.Multiply(shape, a, b, c);
        }

        return 2.0 * Rows * Depth * columns / KernelTiming.Measure(Multiply, time).Best;

        static T[] Zeros(int count) => GC.AllocateArray<T>(count, pinned: true);
    }
}
