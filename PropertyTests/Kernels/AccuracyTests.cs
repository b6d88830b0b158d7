using Unmask.Generators.Maths;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// Every number of every kernel against arithmetic of 106 bits. The bound on each entry is
/// |ĝ − g| ≤ u · Error, where a sum of k terms adds k Σ|terms|, a product |ab|, and each exponential or logarithm two units in the last place
/// (<see cref="BoundedRun"/>).
/// </summary>
public class AccuracyTests(ITestOutputHelper output)
{
    private const double DoubleRoundoff = 1.0 / (1L << 53);
    private const double SingleRoundoff = 1.0 / (1 << 24);

    // Products of two errors, which the first order leaves out: u · Error is at most 1 % of the value at these sizes.
    private const double HigherOrders = 1.01;

    public static TheoryData<int, int, LossModel> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, LossModel>();
            foreach (var (d, n) in new[] { (4, 4), (3, 11), (16, 32), (64, 99) })
                foreach (var model in Enum.GetValues<LossModel>()) data.Add(d, n, model);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Kernels_are_as_accurate_as_their_sums_allow(int d, int n, LossModel model)
    {
        var worst = 0.0;
        foreach (var causal in new[] { false, true })
        {
            var c = new MergedCase(d, n, model, causal, seed: 21);
            var (exact, bounds) = (Exact(c), BoundedRun.Of(c).Errors);
            foreach (var width in VectorWidths.Supported)
            {
                worst = Math.Max(worst, Within($"{c} double {width}", exact, KernelRun.Double(c, KernelTable.BuiltIn, width), bounds, DoubleRoundoff));
                worst = Math.Max(worst, Within($"{c} single {width}", exact, KernelRun.Single(c, KernelTable.BuiltIn, width), bounds, SingleRoundoff));
            }
        }

        output.WriteLine($"The largest error is {worst:P1} of its bound.");
    }

    /// <summary>The bounds say something: they are far below the numbers, and an evaluation in single precision breaks those of double.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_bounds_are_sharp(int d, int n, LossModel model)
    {
        var c = new MergedCase(d, n, model, causal: true, seed: 21);
        var (exact, bounds, single) = (Exact(c).Parts, BoundedRun.Of(c).Errors.Parts, KernelRun.Single(c, KernelTable.BuiltIn, VectorWidths.Best).Parts);
        for (var part = 0; part < exact.Count; part++)
        {
            Assert.True(bounds[part].Values.Max() * DoubleRoundoff <= 1e-10 * exact[part].Values.Max(Math.Abs), $"{c}: the bound of the {exact[part].Name} is loose");
            Assert.Contains(exact[part].Values.Zip(single[part].Values, bounds[part].Values), x => Math.Abs(x.First - x.Second) > HigherOrders * DoubleRoundoff * x.Third);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_two_references_agree(int d, int n, LossModel model)
    {
        var c = new MergedCase(d, n, model, causal: true, seed: 21);
        var oracle = new ScalarOracle<DoubleDouble>(c.Scalar);
        var (mine, theirs) = (oracle.Gradient(PlainOracle.In<DoubleDouble>(c.X)), new Interpreter<DoubleDouble>(c).Value(Expressions.Of(c).Gradient));
        var largest = mine.Cast<DoubleDouble>().Max(g => Math.Abs(g.Value));
        for (var a = 0; a < d; a++)
            for (var i = 0; i < n; i++) Assert.True(Math.Abs((mine[a, i] - theirs[a, i]).Value) <= 1e-26 * largest); // (n + d) roundoffs of 2^-104, nested
    }

    // The loss and the gradient from the scalar loops, the products from the expressions.
    private static KernelRun Exact(KernelCase c)
    {
        var (oracle, x) = (new ScalarOracle<DoubleDouble>(c.Scalar), PlainOracle.In<DoubleDouble>(c.X));
        var (interpreter, derivatives, loss) = (new Interpreter<DoubleDouble>(c), Expressions.Of(c), oracle.Loss(x).Value);
        double[] Of(Expr e) => PlainOracle.Flat(interpreter.Value(e));
        return new KernelRun(loss, loss, PlainOracle.Flat(oracle.Gradient(x)), Of(derivatives.HessianVector), Of(derivatives.GaussNewton), Of(derivatives.Bend));
    }

    private static double Within(string where, KernelRun exact, KernelRun run, KernelRun bounds, double roundoff)
    {
        var worst = 0.0;
        foreach (var ((name, expected), (_, actual), (_, error)) in exact.Parts.Zip(run.Parts, bounds.Parts))
            for (var k = 0; k < expected.Length; k++)
            {
                var (off, bound) = (Math.Abs(expected[k] - actual[k]), HigherOrders * roundoff * error[k]);
                Assert.True(off <= bound, $"{where} {name}[{k}]: expected {expected[k]:R}, got {actual[k]:R}, off by {off:E2}, bound {bound:E2}");
                worst = Math.Max(worst, off / Math.Max(bound, double.Epsilon));
            }

        return worst;
    }
}
