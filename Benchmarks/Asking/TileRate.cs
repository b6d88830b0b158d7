using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// How fast this core multiplies where both factors have to be read and the result to be written: one strip of register tiles over matrices that stay in the
/// first cache, rows apart as they are in a workspace. Nothing that multiplies so deep is faster, whatever is around it.
/// </summary>
internal static unsafe class TileRate
{
    private const int Rows = 16;

    // Deeper, the right factor leaves too little room in the first cache.
    private const int Deepest = 256;

    private static readonly int[] VectorsAcross = [1, 2, 4];

    /// <summary>Gigaflops per second at this depth, for the number of vectors across that does best.</summary>
    /// <param name="depth">What the product sums over.</param>
    /// <param name="columns">Of the result: no tile is wider.</param>
    /// <param name="isPerLane">Whether every lane of a vector has a problem of its own, and so both factors are vectors.</param>
    /// <param name="time">Spent on it.</param>
    public static double Measure<T>(int depth, int columns, bool isPerLane, TimeSpan time)
        where T : unmanaged
    {
        var most = isPerLane ? columns : (columns + Wide<T>() - 1) / Wide<T>();
        var across = VectorsAcross.Where(vectors => vectors <= Math.Max(1, most)).ToArray();
        return across.Max(vectors => Of<T>(Math.Min(depth, Deepest), vectors, isPerLane, time / across.Length));
    }

    // Entries of the widest vector.
    private static int Wide<T>()
        where T : unmanaged => Math.Max(1, (int)VectorWidths.Best / 8 / sizeof(T));

    private static double Of<T>(int depth, int vectors, bool isPerLane, TimeSpan time)
        where T : unmanaged
    {
        var (lanes, columns) = isPerLane ? (Wide<T>(), vectors) : (1, vectors * Wide<T>());
        int Stride(int entries) => isPerLane ? Strides.Rows(entries) * lanes : Strides.Of<T>(entries);
        var (across, along) = (Stride(columns), Stride(depth));
        T[] left = Zeros(Rows * along), right = Zeros(depth * across), target = Zeros(Rows * across);
        var panels = Emitted.Of<IPanels<T>, T>("Panels", isPerLane);
        var shape = new RangeShape<Straight>(Rows, depth, columns, along, across, across, accumulates: false);
        void Multiply(int times)
        {
            fixed (T* a = left, b = right, c = target)
                for (; times > 0; times--) panels.Multiply(shape, a, b, c);
        }

        return 2.0 * Rows * depth * columns * lanes / KernelTiming.Measure(Multiply, time).Best;

        static T[] Zeros(int count) => GC.AllocateArray<T>(count, pinned: true);
    }
}
