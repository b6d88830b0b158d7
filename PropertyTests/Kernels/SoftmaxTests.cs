using System.Numerics;
using Unmask.Generated;
using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The emitted softmax on scores that no arithmetic survives unprepared: 1e30 of either sign, −∞, differences below every floor.</summary>
public unsafe class SoftmaxTests
{
    private static readonly double[] Wild = [1e30, -1e30, 0, 710, -710, 88, -88, 1000, -1000, 1e-30, double.NegativeInfinity];

    [Fact]
    public void Every_width_is_here()
    {
        // One for plain numbers, and two for every width of vectors: one row, or one problem a lane.
        Assert.Equal(2 * VectorWidths.Supported.Count - 1, PassTypes.Double.Count);
        Assert.Equal(2 * VectorWidths.Supported.Count - 1, PassTypes.Single.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(33)]
    public void Rows_are_probabilities(int n)
    {
        foreach (var causal in new[] { false, true })
            for (var seed = 0; seed < 20; seed++)
            {
                foreach (var type in PassTypes.Double) Holds<double>(type, n, causal, seed, roundoff: 1.0 / (1L << 53), floor: -708);
                foreach (var type in PassTypes.Single) Holds<float>(type, n, causal, seed, roundoff: 1.0 / (1 << 24), floor: -87);
            }
    }

    /// <summary>What is not a number must not vanish: a row with one in it says so, and the loss with it.</summary>
    [Fact]
    public void What_is_not_a_number_is_not_lost()
    {
        foreach (var type in PassTypes.Double) IsNotLost<double>(type);
        foreach (var type in PassTypes.Single) IsNotLost<float>(type);
    }

    private static void IsNotLost<T>(Type type)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var at in new[] { 0, 4, 8 })
        {
            var scores = Enumerable.Range(0, PassTypes.Lanes(type, sizeof(T))).Select(lane => Scores<T>(new Random(lane), 9)).ToArray();
            foreach (var lane in scores) lane[3, at] = double.NaN;
            var (p, total) = Run((IPasses<T>)Activator.CreateInstance(type)!, scores, 9, causal: false);
            Assert.True(double.IsNaN(p[0][3, at]), $"{type.Name}: p[3, {at}] = {p[0][3, at]}");
            Assert.True(double.IsNaN(total[0]), $"{type.Name}: loss {total[0]}");
        }
    }

    private static void Holds<T>(Type type, int n, bool causal, int seed, double roundoff, double floor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lanes = PassTypes.Lanes(type, sizeof(T));
        var hasFloor = PassTypes.Bits(type) > 0; // plain numbers take the runtime's exponential, which goes down through the denormal numbers
        var scores = Enumerable.Range(0, lanes).Select(lane => Scores<T>(new Random(seed + 1000 * lane), n)).ToArray();
        var (p, total) = Run((IPasses<T>)Activator.CreateInstance(type)!, scores, n, causal);
        for (var lane = 0; lane < lanes; lane++)
        {
            var squares = 0.0;
            for (var i = 0; i < n; i++)
            {
                var seen = Enumerable.Range(0, causal ? i + 1 : n).ToList();
                var top = seen.Max(j => scores[lane][i, j]);
                var weights = seen.Select(j => Weight(scores[lane][i, j] - top, hasFloor ? floor : double.NegativeInfinity)).ToList();
                foreach (var j in seen)
                {
                    var (expected, actual) = (weights[j] / weights.Sum(), p[lane][i, j]);
                    var where = $"{type.Name} n={n} {(causal ? "causal" : "unmasked")} seed={seed} p[{i}, {j}] = {actual:R}, expected {expected:R}";
                    Assert.True(expected == 0 ? actual == 0 : actual != 0 || !hasFloor, where);

                    // Two exponentials of four roundoffs, their sum, a reciprocal and a product, both of which may be denormal.
                    Assert.True(Math.Abs(actual - expected) <= (2 * 4 + n + 2 + Slack(scores[lane][i, j] - top)) * roundoff * expected + 2 * double.CreateChecked(T.Epsilon), where);
                    squares += actual * actual;
                }

                Assert.True(Math.Abs(seen.Sum(j => p[lane][i, j]) - 1) <= 2 * (n + 2) * roundoff); // the sum, the reciprocal, and the sum of the products
            }

            Assert.True(Math.Abs(total[lane] - squares / 2) <= (n * n + 4) * roundoff * squares, $"{type.Name} n={n}: {total[lane]:R} for {squares / 2:R}");
        }
    }

    // Rounding of the difference itself: x u, at most.
    private static double Slack(double x) => double.IsFinite(x) ? Math.Abs(x) : 0;

    private static double Weight(double x, double floor) => x >= floor ? Math.Exp(x) : 0;

    // Every row has a finite score where each mask sees it.
    private static double[,] Scores<T>(Random random, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            var kind = random.Next(3);
            for (var j = 0; j < n; j++)
            {
                var value = kind == 0 || random.Next(3) == 0 ? Wild[random.Next(Wild.Length)] : 20 * random.NextDouble() - 10;
                s[i, j] = double.CreateChecked(T.CreateChecked(j == 0 && double.IsInfinity(value) ? -1e30 : value));
            }
        }

        return s;
    }

    // (4) with nothing observed: L = ½ Σ p².
    private static (double[][,] P, double[] Total) Run<T>(IPasses<T> passes, double[][,] scores, int n, bool causal)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lanes = scores.Length;
        var stride = lanes == 1 ? Strides.Of<T>(n) : Strides.Rows(n) * lanes;
        var (s, p, b, total) = (Zeros<T>(n * stride), Zeros<T>(n * stride), Zeros<T>(n * stride), Zeros<T>(lanes));
        for (var lane = 0; lane < lanes; lane++)
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++) s[j * stride + i * lanes + lane] = T.CreateChecked(scores[lane][i, j]);
        fixed (T* ps = s, pp = p, pb = b, pt = total) passes.AttentionLoss1(ps, pp, pb, n, n, stride, causal, first: 0, pt);
        var maps = new double[lanes][,];
        for (var lane = 0; lane < lanes; lane++)
        {
            maps[lane] = new double[n, n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++) maps[lane][i, j] = double.CreateChecked(p[j * stride + i * lanes + lane]);
        }

        return (maps, [.. total.Select(double.CreateChecked)]);
    }

    private static T[] Zeros<T>(int count) => GC.AllocateArray<T>(count, pinned: true);
}
