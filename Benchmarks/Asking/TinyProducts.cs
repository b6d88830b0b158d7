using System.Runtime.CompilerServices;
using Unmask.Generated;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What one product of 8×8 takes where the same is done again and again and waits for nothing: the least of those that gradients of this size are made of.
/// Inside a gradient each waits for the one before it.
/// </summary>
internal static unsafe class TinyProducts
{
    private const int Size = 8 * 8;

    private static readonly Workspace<float> Singles = new(5 * Size);
    private static readonly Workspace<double> Doubles = new(5 * Size);

    public static double Nanoseconds(string precision, TimeSpan time)
    {
        Action<int>[] candidates = (precision, VectorWidths.Best) switch
        {
            ("float", VectorWidth.Bits256) => [TransposedInNarrowSingle, PairInNarrowSingle],
            ("float", _) => [TwiceInSingle, PairInSingle],
            _ => [TwiceInDouble, PairInDouble],
        };
        return candidates.Min(two => KernelTiming.Measure(two, time / candidates.Length).Best) / 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwiceInSingle(int times)
    {
        var m = Singles.At(0);
        for (; times > 0; times--) GroupedProductsF32W512Of8.TwiceByRows(m, m + Size, m + 2 * Size, m + 3 * Size, m + 4 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairInSingle(int times)
    {
        var m = Singles.At(0);
        for (; times > 0; times--) GroupedProductsF32W512Of8.PairToRows(m, m, m + Size, m + 2 * Size, m + 3 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposedInNarrowSingle(int times)
    {
        var m = Singles.At(0);
        for (; times > 0; times--)
        {
            GroupedProductsF32W256Of8.Transposed(m, m + Size, m + 3 * Size);
            GroupedProductsF32W256Of8.Transposed(m, m + 2 * Size, m + 4 * Size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairInNarrowSingle(int times)
    {
        var m = Singles.At(0);
        for (; times > 0; times--) GroupedProductsF32W256Of8.Pair(m, m, m + Size, m + 2 * Size, m + 3 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwiceInDouble(int times)
    {
        var m = Doubles.At(0);
        for (; times > 0; times--) GroupedProductsF64W512Of8.Twice(m, m + Size, m + 2 * Size, m + 3 * Size, m + 4 * Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairInDouble(int times)
    {
        var m = Doubles.At(0);
        for (; times > 0; times--) GroupedProductsF64W512Of8.Pair(m, m, m + Size, m + 2 * Size, m + 3 * Size);
    }
}
