using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Whole kernels at scores of ±1e30, reached through X and W.</summary>
public class OverflowTests
{
    // Of one feature; and 4×4 and 8×8, which have programs of their own.
    public static TheoryData<LossModel, int, int, bool> Models
    {
        get
        {
            var data = new TheoryData<LossModel, int, int, bool>();
            foreach (var model in new[] { LossModel.Attention, LossModel.CrossEntropy, LossModel.Output })
                foreach (var (d, n) in new[] { (1, 2), (1, 4), (1, 7), (1, 8), (1, 19), (4, 4), (8, 8) })
                    foreach (var causal in new[] { false, true }) data.Add(model, d, n, causal);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_and_gradients_stay_finite_and_the_truth_fits(LossModel model, int d, int n, bool causal)
    {
        // One feature of d says all: the others are zero.
        double[] weights = First(1, d * d), x = [.. X(n), .. new double[(d - 1) * n]], observed = Observed(model, d, n, causal);
        var value = model == LossModel.Output ? First(1e-15, d * d) : [];
        foreach (var width in VectorWidths.Supported)
        {
            var doubles = KernelTable.BuiltIn.CreateDouble(model, d, n, causal, width);
            doubles.Bind(weights, observed, value);
            var gradient = new double[d * n];
            Fits(doubles.Gradient(x, gradient), gradient);
            Fits(doubles.Loss(x), gradient);

            var singles = KernelTable.BuiltIn.CreateSingle(model, d, n, causal, width);
            singles.Bind(Narrow(weights), Narrow(observed), Narrow(value));
            var narrow = new float[d * n];
            Fits(singles.Gradient(Narrow(x), narrow), [.. narrow.Select(g => (double)g)]);
        }

        static float[] Narrow(double[] values) => [.. values.Select(v => (float)v)];

        static double[] First(double value, int count) => [value, .. new double[count - 1]];

        // Where every row has one winner by far, the loss of the truth is nothing but the rounding of 1e15 · 1e-15.
        static void Fits(double loss, double[] gradient)
        {
            Assert.InRange(loss, 0, 1e-10);
            Assert.All(gradient, g => Assert.True(double.IsFinite(g)));
        }
    }

    // Every score is ±1e30 or a twentieth of a thousandth of it apart from the next: rows are decided beyond any doubt.
    private static double[] X(int n) => [.. Enumerable.Range(0, n).Select(i => 1e15 * (i % 2 == 0 ? 1 : -1) * (1 - 0.01 * i))];

    private static double[] Observed(LossModel model, int d, int n, bool causal)
    {
        var (x, b) = (X(n), new double[model == LossModel.Output ? n * d : n * n]);
        for (var i = 0; i < n; i++)
        {
            var winner = Enumerable.Range(0, causal ? i + 1 : n).MaxBy(j => x[i] * x[j]);
            if (model == LossModel.Output) b[i * d] = x[winner] * 1e-15;
            else b[i * n + winner] = 1;
        }

        return b;
    }
}
