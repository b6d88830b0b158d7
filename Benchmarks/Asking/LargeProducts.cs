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
        var (d, n, cut, one) = (q.D, q.N, MapCut.Of<T>(q), 2.0 * q.D * q.N);
        var block = cut.Columns;
        PaddedMatrix<T> weights = new(d, d), tokens = new(n, d), other = new(n, d), features = new(d, block), map = new(n, block), some = new(block, d);
        double Each(Action product, double operations)
        {
            void Again(int times)
            {
                for (; times > 0; times--) product();
            }

            return KernelTiming.Measure(Again, each / 4).Best / operations;
        }

        // Both halves that each block of a map gives to the result, block after block.
        double Halves(int blocks)
        {
            PaddedMatrix<T>[] of = [.. Enumerable.Range(0, blocks).Select(_ => new PaddedMatrix<T>(n, block))];
            void All()
            {
                foreach (var at in of)
                {
                    products.Add(at, some, tokens);
                    products.MultiplyTransposed(at, tokens, some);
                }
            }

            All(); // memory that is new is slow to come
            return Each(All, 2 * one * block * blocks);
        }

        double all = FlopCount.OfProducts(q.Loss, d, n, q.Asked), twice = q.Loss == LossModel.Output ? 2 : 1;
        var (maps, halves) = (twice * (q.Asked == Evaluation.Gradient ? 1 : 2) * one * n, twice * 2 * one * n);
        var fromPoint = q.Asked == Evaluation.HessianVector ? halves : 0; // one of its two maps is kept, all blocks of it
        return maps * Each(() => products.Multiply(tokens, features, map), one * block)
            + halves * Halves(1) + (fromPoint > 0 ? fromPoint * Halves(cut.Blocks) : 0)
            + (all - maps - halves - fromPoint) * Each(() => products.Multiply(tokens, weights, other), one * d);
    }
}
