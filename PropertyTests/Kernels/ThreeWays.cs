using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Emitted kernel = interpreted expression = scalar loops, in every width that runs here, both precisions, both masks.</summary>
public class ThreeWays
{
    private const double DoubleRoundoff = 1.0 / (1L << 53);
    private const double SingleRoundoff = 1.0 / (1 << 24);

    [Property(MaxTest = 300, Arbitrary = [typeof(KernelArbitraries)])]
    public void KernelsAgreeWithTheInterpretedExpression(MergedCase c) => KernelsAgree(c);

    [Property(MaxTest = 300, Arbitrary = [typeof(KernelArbitraries)])]
    public void TheExpressionAgreesWithScalarLoops(MergedCase c) => ScalarLoopsAgree(c);

    [Theory]
    [MemberData(nameof(LargeSizes))]
    public void LargeKernelsAgreeWithTheInterpretedExpression(int d, int n, LossModel model, bool causal) =>
        KernelsAgree(new MergedCase(d, n, model, causal, seed: 7));

    public static TheoryData<int, int, LossModel, bool> LargeSizes()
    {
        var data = new TheoryData<int, int, LossModel, bool>();
        foreach (var (d, n) in KernelTable.BuiltIn.Sizes.Where(s => s.D > 32).Append((33, 65)))
            foreach (var model in Enum.GetValues<LossModel>()) data.Add(d, n, model, (n + (int)model) % 2 == 1);
        foreach (var model in Enum.GetValues<LossModel>())
            foreach (var (d, n) in new[] { (5, 201), (9, 300), (260, 20) }) // in blocks of queries, and in pieces of the depth
                foreach (var causal in new[] { false, true }) data.Add(d, n, model, causal);
        foreach (var model in Enum.GetValues<LossModel>()) data.Add(3, 520, model, model == LossModel.Output); // rows so long that columns of a block are copied, in double
        data.Add(2, 1030, LossModel.Scores, false); // and in float
        data.Add(257, 195, LossModel.Output, true); // in both
        data.Add(257, 195, LossModel.Attention, false);
        return data;
    }

    [Theory]
    [MemberData(nameof(ManyHeads))]
    public void KernelsOfHeadsAgreeWithBoth(int heads, int headWidth, bool hasBias)
    {
        foreach (var model in Enum.GetValues<LossModel>())
            foreach (var causal in new[] { false, true })
            {
                // Sizes that are served by a kernel of their own, and others; some heads are wider than the states.
                var (d, n) = heads % 2 == 0 ? (8, 16) : (3 + headWidth, 20 - 2 * headWidth + (int)model);
                var c = new HeadsCase(d, n, heads, headWidth, hasBias, model, causal, seed: headWidth);
                KernelsAgree(c);
                ScalarLoopsAgree(c);
            }
    }

    public static TheoryData<int, int, bool> ManyHeads()
    {
        var data = new TheoryData<int, int, bool>();
        for (var heads = 1; heads <= 4; heads++)
            for (var width = 1; width <= 9; width++) data.Add(heads, width, (heads + width) % 3 != 0);
        return data;
    }

    [Fact]
    public void HeadsAreServedBySizesOfTheirOwn()
    {
        var c = new HeadsCase(8, 16, 2, 3, true, LossModel.Attention, false, seed: 1);
        Assert.Equal("Size8x16F64", Bound.Double(c, KernelTable.BuiltIn, VectorWidths.Best).ServedBy);
        Assert.StartsWith("AnySize", Bound.Double(c, KernelTable.AnySize, VectorWidths.Best).ServedBy, StringComparison.Ordinal);
    }

    internal static void ScalarLoopsAgree(KernelCase c)
    {
        var (expected, oracle, x) = (BoundedRun.Slope(c), new ScalarOracle<Traced>(c.Scalar), PlainOracle.In<Traced>(c.X));
        Same("loss", [expected.Loss], [oracle.Loss(x)]);
        Same("gradient", expected.Gradient, [.. oracle.Gradient(x).Cast<Traced>()]);

        void Same(string what, Traced[] expressions, Traced[] loops) => Close.Assert(
            $"{c} {what}", [.. loops.Select(t => t.Value)], [.. loops.Zip(expressions, (a, b) => a.Error + b.Error)], [.. expressions.Select(t => t.Value)], DoubleRoundoff);
    }

    private static void KernelsAgree(KernelCase c) => KernelsAgree(c, (KernelTable.BuiltIn, "built-in"), (KernelTable.AnySize, "any-size"));

    internal static void KernelsAgree(KernelCase c, params (KernelTable Table, string Kind)[] tables)
    {
        var expected = BoundedRun.Of(c);
        foreach (var width in VectorWidths.Supported)
            foreach (var (table, kind) in tables)
            {
                // The expressions are evaluated in double too.
                Close.Assert($"{c} {kind} double {width}", expected, KernelRun.Double(c, table, width), 2 * DoubleRoundoff);
                Close.Assert($"{c} {kind} single {width}", expected, KernelRun.Single(c, table, width), SingleRoundoff + DoubleRoundoff);
            }
    }
}
