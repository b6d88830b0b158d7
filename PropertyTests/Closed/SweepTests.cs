using System.Collections.Concurrent;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Closed;

/// <summary>The whole range of sizes on a coarse grid, the boundary n = d + 1 always with it.</summary>
public class SweepTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.Generic)]
    [InlineData(Form.Symmetric)]
    public void EverySizeIsInverted(Form form)
    {
        var worst = new ConcurrentBag<double>();
        Parallel.ForEach(Sizes(), drawn =>
        {
            var problem = drawn.Problem(Observation.Attention, form);
            var found = InversionProperties.Solve(problem).States;
            var difference = Forward.Attention(problem.Layer, problem.Layer.Heads[0], found) - problem.Observed[0];
            worst.Add(difference.MaxNorm());

            // The promise of the closed form for every 4 ≤ d ≤ 64 and d + 1 ≤ n ≤ 256.
            Assert.True(difference.MaxNorm() <= 1e-8, $"{drawn}: {difference.MaxNorm():e1}");
        });
        output.WriteLine(FormattableString.Invariant($"{form}: {worst.Count} sizes, worst {worst.Max():e1}"));
    }

    // All 13,542 sizes on request, with a draw of their own each time: minutes.
    private static IEnumerable<OneHead> Sizes() =>
        Sweep.IsFull
            ? from d in Enumerable.Range(4, 61)
              from n in Enumerable.Range(d + 1, 256 - d)
              select new OneHead(d, n, Random.Shared.Next())
            : (from d in new[] { 4, 5, 17, 32, 47, 64 }
               from n in new[] { d + 1, d + 2, 2 * d + 1 }
               select new OneHead(d, n, 1000 * d + n)).Append(new OneHead(64, 256, 7));

    [Theory]
    [InlineData(8, 9)]
    [InlineData(24, 40)]
    [InlineData(48, 49)]
    public void SixDecadesOfSingularValuesAreInverted(int d, int n)
    {
        var random = new Random(d);
        Matrix Turn() => HouseholderQr.Of(Draw.Gaussian(random, d, d)).Q();
        var decay = Matrix.Create(d, d, (i, j) => i == j ? Math.Pow(10, -6.0 * i / (d - 1)) : 0);
        var layer = new AttentionLayer(0, d, Seq1(Head.OfProduct(Turn() * decay * Turn())), Mask.None, 3, None);
        var problem = Draw.Problem(layer, Draw.Gaussian(random, d, n), Observation.Attention);
        var found = InversionProperties.Solve(problem).States;
        // Double precision leaves ten digits where W has spent six.
        Assert.True((Forward.Attention(layer, layer.Heads[0], found) - problem.Observed[0]).MaxNorm() <= 1e-8);
    }
}
