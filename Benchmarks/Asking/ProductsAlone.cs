using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>The least time that the products of a problem take, each as fast as register tiles of its depth multiply in the first cache.</summary>
internal static class ProductsAlone
{
    /// <summary>Nanoseconds; null for a single tiny problem, which stays in registers and need not read.</summary>
    public static double? Nanoseconds(Question q, TimeSpan each)
    {
        var isPerLane = q.Count > 1;
        if (!isPerLane && q is { D: <= 8, N: <= 8 }) return null;
        double Rate(int depth) => q.Precision == "float" ? TileRate.Measure<float>(depth, isPerLane, each) : TileRate.Measure<double>(depth, isPerLane, each);
        return ByDepth(q).Sum(part => part.Operations / Rate(part.Depth));
    }

    // The operations of a gradient by what they sum over: features, tokens, or tokens twice where both halves of ∇X are summed at once. Directions have
    // more shapes; all are taken to be as deep as any.
    private static IEnumerable<(int Depth, double Operations)> ByDepth(Question q)
    {
        double d = q.D, n = q.N;
        var all = FlopCount.OfProducts(q.Loss, q.D, q.N, q.Asked);
        if (q.Asked != Evaluation.Gradient) return [(Math.Max(q.D, 2 * q.N), all)];
        var (halves, overTokens) = (4 * d * n * n, q.Loss == LossModel.Output ? 4 * d * n * n : 0);
        return [(2 * q.N, halves), .. overTokens > 0 ? [(q.N, overTokens)] : ((int, double)[])[], (q.D, all - halves - overTokens)];
    }
}
