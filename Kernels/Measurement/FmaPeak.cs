using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unmask.Kernels.Measurement;

/// <summary>What this core does at most: independent multiply-adds and nothing else, the yardstick for every kernel.</summary>
public static class FmaPeak
{
    // Four cycles of latency times two units ask for eight accumulators; twelve leave room for slower ones and still fit sixteen registers.
    private const int Accumulators = 12;
    private const int Steps = 2_000;

    /// <summary>
    /// Gigaflops per second at this width, the best of the blocks that fit the time (30 ms unless told otherwise). What is held against it must come from blocks of the
    /// same length, <see cref="KernelTiming.ShortBlock"/> unless told otherwise.
    /// </summary>
    public static double Measure<T>(VectorWidth width, TimeSpan? time = null, TimeSpan? block = null)
        where T : unmanaged
    {
        var budget = (Time: time ?? TimeSpan.FromMilliseconds(30), Block: block);
        return (width, default(T)) switch
        {
            (VectorWidth.Bits512, float) => Best<Vector512<float>, Fused512Single>(budget),
            (VectorWidth.Bits256, float) => Best<Vector256<float>, Fused256Single>(budget),
            (VectorWidth.Bits128, float) => Best<Vector128<float>, Fused128Single>(budget),
            (VectorWidth.Scalar, float) => Best<float, FusedScalarSingle>(budget),
            (VectorWidth.Bits512, double) => Best<Vector512<double>, Fused512Double>(budget),
            (VectorWidth.Bits256, double) => Best<Vector256<double>, Fused256Double>(budget),
            (VectorWidth.Bits128, double) => Best<Vector128<double>, Fused128Double>(budget),
            (VectorWidth.Scalar, double) => Best<double, FusedScalarDouble>(budget),
            _ => throw new NotSupportedException($"No multiply-adds of {typeof(T)} at {width}."),
        };
    }

    /// <summary>So many times twelve multiply-adds in double, at the best width: work that needs nothing but its core.</summary>
    public static void Work(int steps) => _ = VectorWidths.Best switch
    {
        VectorWidth.Bits512 => Run<Vector512<double>, Fused512Double>(steps),
        VectorWidth.Bits256 => Run<Vector256<double>, Fused256Double>(steps),
        VectorWidth.Bits128 => Run<Vector128<double>, Fused128Double>(steps),
        _ => Run<double, FusedScalarDouble>(steps),
    };

    private static double Best<TVector, TFused>((TimeSpan Time, TimeSpan? Block) budget)
        where TFused : struct, IFused<TVector>
    {
        void Again(int times)
        {
            for (; times > 0; times--) Run<TVector, TFused>(Steps);
        }

        return 2.0 * Accumulators * Steps * TFused.Count / KernelTiming.Measure(Again, budget.Time, budget.Block).Best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Run<TVector, TFused>(int steps)
        where TFused : struct, IFused<TVector>
    {
        TVector scale = TFused.All(0.999), shift = TFused.All(0.001);
        TVector a = shift, b = shift, c = shift, d = shift, e = shift, f = shift;
        TVector g = shift, h = shift, i = shift, j = shift, k = shift, l = shift;
        for (var step = 0; step < steps; step++)
        {
            a = TFused.Add(a, scale, shift);
            b = TFused.Add(b, scale, shift);
            c = TFused.Add(c, scale, shift);
            d = TFused.Add(d, scale, shift);
            e = TFused.Add(e, scale, shift);
            f = TFused.Add(f, scale, shift);
            g = TFused.Add(g, scale, shift);
            h = TFused.Add(h, scale, shift);
            i = TFused.Add(i, scale, shift);
            j = TFused.Add(j, scale, shift);
            k = TFused.Add(k, scale, shift);
            l = TFused.Add(l, scale, shift);
        }

        var sum = TFused.First(a) + TFused.First(b) + TFused.First(c) + TFused.First(d) + TFused.First(e) + TFused.First(f);
        return sum + TFused.First(g) + TFused.First(h) + TFused.First(i) + TFused.First(j) + TFused.First(k) + TFused.First(l);
    }
}
