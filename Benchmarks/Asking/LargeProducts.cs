using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// The products of a problem that no near cache holds, each again and again, over matrices of the size that they have in it: as near as these then are, and no nearer. All of
/// them are one measurement, as long as an evaluation, so that a neighbour disturbs both as often.
/// </summary>
internal static class LargeProducts
{
    /// <summary>Beyond the size up to which a map is worked on whole.</summary>
    public static bool Covers(Question q) => q.Count == 1 && Math.Max(q.D, q.N) > LossProgram<double>.MostWhole;

    /// <summary>Nanoseconds of all of them, one after the other.</summary>
    public static double Nanoseconds(Question q, TimeSpan time) => q.Precision == "float"
        ? Of(q, MatrixProducts.CreateSingle(threads: 1), time)
        : Of(q, MatrixProducts.CreateDouble(threads: 1), time);

    private static double Of<T>(Question q, MatrixProduct<T> products, TimeSpan time)
        where T : unmanaged
    {
        var (d, n, block, one) = (q.D, q.N, MapCut.Of<T>(q).Columns, 2.0 * q.D * q.N);
        PaddedMatrix<T> weights = new(d, d), tokens = new(n, d), other = new(n, d), features = new(d, block), map = new(n, block), some = new(block, d);
        double all = FlopCount.OfProducts(q.Loss, d, n, q.Asked), twice = q.Loss == LossModel.Output ? 2 : 1;
        var (maps, halves) = (twice * (q.Asked == Evaluation.Gradient ? 1 : 2) * one * n, twice * 2 * one * n);
        var times = (Maps: Times(maps, block), Halves: Times(halves, 2 * block), Weights: Times(all - maps - halves, d));
        void Again(int rounds)
        {
            for (; rounds > 0; rounds--)
            {
                for (var k = 0; k < times.Weights; k++) products.Multiply(tokens, weights, other);
                for (var k = 0; k < times.Maps; k++) products.Multiply(tokens, features, map);
                for (var k = 0; k < times.Halves; k++)
                {
                    products.Add(map, some, tokens);
                    products.MultiplyTransposed(map, tokens, some);
                }
            }
        }

        var done = one * (times.Maps * block + times.Halves * 2 * block + times.Weights * d);
        return KernelTiming.Measure(Again, time).Best * all / done;

        int Times(double operations, int wide) => (int)Math.Ceiling(operations / (one * wide));
    }
}
