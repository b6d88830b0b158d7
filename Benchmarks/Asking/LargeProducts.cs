using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// The products of a problem that no near cache holds, each alone and again and again, over matrices of the size that they have in it: as near as these then are, and no nearer.
/// </summary>
internal static class LargeProducts
{
    /// <summary>Beyond the size up to which a map is worked on whole.</summary>
    public static bool Covers(Question q) => q.Count == 1 && Math.Max(q.D, q.N) > LossProgram<double>.MostWhole;

    /// <summary>Nanoseconds of all of them, one after the other.</summary>
    public static double Nanoseconds(Question q, TimeSpan each) => q.Precision == "float"
        ? Of(q, MatrixProducts.CreateSingle(threads: 1), each)
        : Of(q, MatrixProducts.CreateDouble(threads: 1), each);

    private static double Of<T>(Question q, MatrixProduct<T> products, TimeSpan each)
        where T : unmanaged
    {
        var (d, n, block) = (q.D, q.N, Math.Min(q.N, (int)new MapBlocks<T>(ProblemShape.Of(new AnySize<T>(q.D, q.N, 0), 1), causal: false).Tokens));
        PaddedMatrix<T> weights = new(d, d), tokens = new(n, d), other = new(n, d), features = new(d, block), map = new(n, block), some = new(block, d);
        double Each(Action product, double operations)
        {
            void Again(int times)
            {
                for (; times > 0; times--) product();
            }

            return KernelTiming.Measure(Again, each / 4).Best / operations;
        }

        double all = FlopCount.OfProducts(q.Loss, d, n, q.Asked), one = 2.0 * d * n, twice = q.Loss == LossModel.Output ? 2 : 1;
        var (maps, halves) = (twice * (q.Asked == Evaluation.Gradient ? 1 : 2) * one * n, twice * (q.Asked == Evaluation.HessianVector ? 4 : 2) * one * n);
        return maps * Each(() => products.Multiply(tokens, features, map), one * block)
            + halves / 2 * (Each(() => products.Add(map, some, tokens), one * block) + Each(() => products.MultiplyTransposed(map, tokens, some), one * block))
            + (all - maps - halves) * Each(() => products.Multiply(tokens, weights, other), one * d);
    }
}
