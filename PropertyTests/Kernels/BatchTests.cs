using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>A batch says what single kernels say, however many problems share a vector and whichever thread computes them.</summary>
public class BatchTests
{
    private const double DoubleRoundoff = 1.0 / (1L << 53);
    private const double SingleRoundoff = 1.0 / (1 << 24);

    // Tiny ones go one into every lane, the last two one after another. No count is a multiple of the lanes but the first.
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 4, 4, 16 }, { 8, 8, 5 }, { 3, 5, 19 }, { 1, 1, 3 }, { 7, 2, 17 }, { 5, 8, 1 }, { 8, 16, 3 }, { 9, 13, 5 }, { 4, 8, 33 }, { 3, 4, 18 }, { 1, 194, 2 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void They_say_what_single_kernels_say(int d, int n, int count)
    {
        foreach (var problem in Problems(d, n, count))
        {
            var errors = problem.Errors;
            foreach (var width in VectorWidths.Supported)
            {
                var doubles = Double(problem, width, threads: 1);
                Same($"double {width}", problem, problem.Of(KernelTable.BuiltIn.CreateDouble(problem.Model, d, n, problem.Causal, width)), problem.Of(doubles), errors, DoubleRoundoff);
                var singles = Single(problem, width, threads: 1);
                Same($"single {width}", problem, problem.Of(KernelTable.BuiltIn.CreateSingle(problem.Model, d, n, problem.Causal, width)), problem.Of(singles), errors, SingleRoundoff);
            }
        }
    }

    [Theory]
    [InlineData(3, 5, 19)]
    [InlineData(8, 8, 50)]
    [InlineData(9, 13, 5)]
    public void Neither_threads_nor_repetition_change_a_bit(int d, int n, int count)
    {
        foreach (var problem in Problems(d, n, count).Where(p => p.Shares != p.Causal))
        {
            var one = Double(problem, VectorWidths.Best, threads: 1);
            var one32 = Single(problem, VectorWidths.Best, threads: 1);
            var (expected, expected32) = (problem.Of(one), problem.Of(one32));
            foreach (var threads in new[] { 1, 2, 3 })
            {
                var many = Double(problem, VectorWidths.Best, threads);
                var many32 = Single(problem, VectorWidths.Best, threads);
                for (var run = 0; run < 2; run++)
                {
                    Equal(expected, problem.Of(many));
                    Equal(expected32, problem.Of(many32));
                }
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var batch = KernelTable.BuiltIn.CreateBatchDouble(LossModel.Scores, 3, 5, 7, threads: 1);
        Assert.Throws<ArgumentException>(() => batch.Bind(new double[9], new double[3 * 25]));
        Assert.Throws<ArgumentException>(() => batch.Bind(new double[8], new double[25]));
        batch.Bind(new double[9], new double[25]);
        Assert.Throws<ArgumentException>(() => batch.Gradient(new double[6 * 15], new double[7 * 15], new double[7]));
        Assert.Throws<ArgumentException>(() => batch.Gradient(new double[7 * 15], new double[6 * 15], new double[7]));
        Assert.Throws<ArgumentException>(() => batch.Gradient(new double[7 * 15], new double[7 * 15], new double[8]));
    }

    private static IEnumerable<BatchProblem> Problems(int d, int n, int count) =>
        from model in Enum.GetValues<LossModel>()
        from causal in new[] { false, true }
        from shares in new[] { false, true }
        select new BatchProblem(model, d, n, count, causal, shares);

    private static AttentionBatch<double> Double(BatchProblem p, VectorWidth width, int threads) =>
        KernelTable.BuiltIn.CreateBatchDouble(p.Model, p.D, p.N, p.Count, p.Causal, width, threads);

    private static AttentionBatch<float> Single(BatchProblem p, VectorWidth width, int threads) =>
        KernelTable.BuiltIn.CreateBatchSingle(p.Model, p.D, p.N, p.Count, p.Causal, width, threads);

    private static void Same(
        string what, BatchProblem problem, (double[] Losses, double[] Gradients) expected, (double[] Losses, double[] Gradients) actual,
        (double[] Losses, double[] Gradients) errors, double roundoff)
    {
        // Each way is off by at most this.
        Close.Assert($"{problem} {what} gradients", expected.Gradients, errors.Gradients, actual.Gradients, 2 * roundoff);
        Close.Assert($"{problem} {what} losses", expected.Losses, errors.Losses, actual.Losses, 2 * roundoff);
    }

    private static void Equal((double[] Losses, double[] Gradients) expected, (double[] Losses, double[] Gradients) actual)
    {
        Assert.Equal(expected.Losses.Select(BitConverter.DoubleToInt64Bits), actual.Losses.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.Gradients.Select(BitConverter.DoubleToInt64Bits), actual.Gradients.Select(BitConverter.DoubleToInt64Bits));
    }
}
