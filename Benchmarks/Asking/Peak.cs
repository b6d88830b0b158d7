using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>The yardstick: multiply-adds and nothing else, for as long as the evaluations that are held against it.</summary>
internal static class Peak
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    // The highest of the widths: where 512 bits are worked off in halves, the narrower one may be ahead by a little.
    private static readonly Lazy<VectorWidth> Single = new(() => VectorWidths.Supported.MaxBy(width => FmaPeak.Measure<float>(width, Look)));
    private static readonly Lazy<VectorWidth> Double = new(() => VectorWidths.Supported.MaxBy(width => FmaPeak.Measure<double>(width, Look)));

    /// <summary>Gigaflops per second over blocks as long as those of a timing, and about as many.</summary>
    public static double Beside(string precision, TimeSpan time, Timing timing)
    {
        var one = TimeSpan.FromMicroseconds(timing.Best / 1e3);
        var block = one > KernelTiming.ShortBlock ? one : KernelTiming.ShortBlock;
        return precision == "float" ? FmaPeak.Measure<float>(Single.Value, time, block) : FmaPeak.Measure<double>(Double.Value, time, block);
    }
}
