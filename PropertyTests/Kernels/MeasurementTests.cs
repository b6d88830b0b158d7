using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The yardsticks: what is counted and what is timed. How long anything takes is not tested, machines differ.</summary>
public class MeasurementTests
{
    [Fact]
    public void CountsThePublishedProducts()
    {
        Assert.Equal(4 * 16 * 16 * 32 + 6 * 16 * 32 * 32 + 3 * 32 * 32, FlopCount.Of(LossModel.Scores, 16, 32, Evaluation.Gradient));
        Assert.Equal(4 * 16 * 16 * 32 + 12 * 16 * 32 * 32, FlopCount.Of(LossModel.Scores, 16, 32, Evaluation.HessianVector));
        Assert.Equal(8 * 64 * 64 * 64, FlopCount.Of(LossModel.Scores, 64, 64, Evaluation.GaussNewton));
    }

    [Property]
    public void AMapCostsMoreThanItsScores(PositiveInt d, PositiveInt n)
    {
        foreach (var evaluation in Enum.GetValues<Evaluation>())
        {
            double Of(LossModel model) => FlopCount.Of(model, d.Get, n.Get, evaluation);
            Assert.True(Of(LossModel.Scores) <= Of(LossModel.LogAttention));
            Assert.True(Of(LossModel.LogAttention) < Of(LossModel.Attention));
            Assert.True(Of(LossModel.Attention) < Of(LossModel.Output));
        }
    }

    // JᵀJ of the scores needs no n×n matrix.
    [Property]
    public void GaussNewtonOfScoresGrowsWithTokensOnly(PositiveInt d)
    {
        double At(int n) => FlopCount.Of(LossModel.Scores, d.Get, n, Evaluation.GaussNewton);
        Assert.Equal(2 * At(100 * d.Get), At(200 * d.Get));
    }

    [Fact]
    public void EveryWidthHasAPeak()
    {
        foreach (var width in VectorWidths.Supported)
        {
            Assert.True(FmaPeak.Measure<float>(width, TimeSpan.FromMilliseconds(1)) > 0);
            Assert.True(FmaPeak.Measure<double>(width, TimeSpan.FromMilliseconds(1)) > 0);
        }
    }

    [Fact]
    public void TimesWhatItIsGiven()
    {
        var evaluations = 0L;
        var timing = KernelTiming.Measure(times => evaluations += times, TimeSpan.FromMilliseconds(1));
        Assert.True(timing.Blocks >= 3 && evaluations >= timing.Blocks);
        Assert.True(timing.Best > 0 && timing.Best <= timing.Median);
        Assert.Equal(new Timing(2, 1, 3), Timing.Of([3, 1, 2]));
    }

    [Fact]
    public void BlocksAreAsLongAsTold()
    {
        var (evaluations, each, clock) = (new List<int>(), TimeSpan.FromMilliseconds(1), new HandClock());
        void Evaluate(int times)
        {
            evaluations.Add(times);
            clock.Now += times * each.Ticks;
        }

        Assert.Equal(1e6, KernelTiming.Measure(Evaluate, 20 * each, TimeSpan.FromMicroseconds(1), clock).Median);
        Assert.All(evaluations, times => Assert.Equal(1, times));
        Assert.Equal(new Timing(1e6, 1e6, 3), KernelTiming.Measure(Evaluate, 20 * each, 8 * each, clock));
        Assert.Equal([8, 8, 8], evaluations.TakeLast(3));
    }

    // It goes on when it is told to.
    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }

    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.LogAttention)]
    [InlineData(LossModel.Output)]
    public void EvaluatesABoundKernel(LossModel model)
    {
        var problem = MeasuredProblem<double>.Random(model, 8, 8);
        foreach (var evaluation in Enum.GetValues<Evaluation>())
        {
            var result = new double[64];
            problem.Evaluate(problem.Bound(KernelTable.BuiltIn), evaluation, result)(1);
            Assert.All(result, entry => Assert.True(double.IsFinite(entry)));
            Assert.Contains(result, entry => entry != 0);
        }
    }
}
