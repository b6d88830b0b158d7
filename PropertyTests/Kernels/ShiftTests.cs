using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// Programs of 4×4 and 8×8 subtract the largest score of a column only where it lies far from zero: they agree with the kernels of any size, which always do,
/// on either side of that and where columns of one problem lie on both.
/// </summary>
public class ShiftTests
{
    public static TheoryData<LossModel, int, double> Cases
    {
        get
        {
            var data = new TheoryData<LossModel, int, double>();
            foreach (var model in new[] { LossModel.Attention, LossModel.CrossEntropy, LossModel.Output })
                foreach (var size in new[] { 4, 8 })
                    foreach (var largest in new[] { 1, 15, 19.5, 20.5, 30, 60, 300, 2000.0 }) data.Add(model, size, largest);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_ways_give_the_same(LossModel model, int size, double largest)
    {
        var random = new Random(size + (int)largest);
        double[] Uniform(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextDouble() - 1))];
        double[] w = Uniform(size * size, 1), x = Uniform(size * size, 1), v = model == LossModel.Output ? Uniform(size * size, 1) : [];
        var scale = largest / Scores(w, x, size).Max(Math.Abs);
        w = [.. w.Select(entry => scale * entry)];
        var observed = model == LossModel.Output ? Uniform(size * size, 1) : [.. Enumerable.Repeat(1.0 / size, size * size)];

        Agree(KernelTable.BuiltIn.CreateDouble, KernelTable.AnySize.CreateDouble, value => value, 1e-11);
        Agree(KernelTable.BuiltIn.CreateSingle, KernelTable.AnySize.CreateSingle, value => (float)value, 2e-4);

        // A score is off by its rounding, and an exponential of it by as much again as the score is large.
        void Agree<T>(Creation<T> known, Creation<T> any, Func<double, T> to, double tolerance)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var (of, expected) = (Evaluate(known), Evaluate(any));
            var far = tolerance * (1 + largest) * expected.Max(Math.Abs);
            Assert.All(of.Zip(expected), pair => Assert.InRange(pair.Item1 - pair.Item2, -far, far));

            double[] Evaluate(Creation<T> create)
            {
                var kernel = create(model, size, size);
                T[] To(double[] values) => [.. values.Select(to)];
                kernel.Bind(To(w), To(observed), To(v));
                var gradient = new T[size * size];
                var loss = kernel.Gradient(To(x), gradient);
                return [double.CreateChecked(loss), .. gradient.Select(double.CreateChecked)];
            }
        }
    }

    private delegate AttentionKernel<T> Creation<T>(LossModel model, int d, int n, bool causal = false, VectorWidth? width = null, int? threads = null)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>;

    // X transposed W X.
    private static IEnumerable<double> Scores(double[] w, double[] x, int size) =>
        from i in Enumerable.Range(0, size)
        from j in Enumerable.Range(0, size)
        select Enumerable.Range(0, size).Sum(a => Enumerable.Range(0, size).Sum(b => x[a * size + i] * w[a * size + b] * x[b * size + j]));
}
