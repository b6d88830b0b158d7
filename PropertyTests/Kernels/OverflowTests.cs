using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Whole kernels at scores of ±1e30, reached through X and W.</summary>
public class OverflowTests
{
    public static TheoryData<LossModel, int, bool> Models
    {
        get
        {
            var data = new TheoryData<LossModel, int, bool>();
            foreach (var model in new[] { LossModel.Attention, LossModel.CrossEntropy, LossModel.Output })
                foreach (var n in new[] { 2, 4, 7, 8, 19 })
                    foreach (var causal in new[] { false, true }) data.Add(model, n, causal);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_and_gradients_stay_finite_and_the_truth_fits(LossModel model, int n, bool causal)
    {
        foreach (var width in VectorWidths.Supported)
        {
            var doubles = KernelTable.BuiltIn.CreateDouble(model, 1, n, causal, width);
            doubles.Bind([1], Observed(model, n, causal), model == LossModel.Output ? [1e-15] : []);
            var gradient = new double[n];
            Fits(doubles.Gradient(X(n), gradient), gradient);
            Fits(doubles.Loss(X(n)), gradient);

            var singles = KernelTable.BuiltIn.CreateSingle(model, 1, n, causal, width);
            singles.Bind([1], [.. Observed(model, n, causal).Select(b => (float)b)], model == LossModel.Output ? [1e-15f] : []);
            var narrow = new float[n];
            Fits(singles.Gradient([.. X(n).Select(x => (float)x)], narrow), [.. narrow.Select(g => (double)g)]);
        }

        // Where every row has one winner by far, the loss of the truth is nothing but the rounding of 1e15 · 1e-15.
        static void Fits(double loss, double[] gradient)
        {
            Assert.InRange(loss, 0, 1e-10);
            Assert.All(gradient, g => Assert.True(double.IsFinite(g)));
        }
    }

    // Every score is ±1e30 or a twentieth of a thousandth of it apart from the next: rows are decided beyond any doubt.
    private static double[] X(int n) => [.. Enumerable.Range(0, n).Select(i => 1e15 * (i % 2 == 0 ? 1 : -1) * (1 - 0.01 * i))];

    private static double[] Observed(LossModel model, int n, bool causal)
    {
        var (x, b) = (X(n), new double[model == LossModel.Output ? n : n * n]);
        for (var i = 0; i < n; i++)
        {
            var winner = Enumerable.Range(0, causal ? i + 1 : n).MaxBy(j => x[i] * x[j]);
            if (model == LossModel.Output) b[i] = x[winner] * 1e-15;
            else b[i * n + winner] = 1;
        }

        return b;
    }
}
