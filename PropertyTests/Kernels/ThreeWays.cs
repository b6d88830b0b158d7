using FsCheck.Xunit;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Emitted kernel = interpreted expression = scalar loops, in every width that runs here, both precisions, both masks.</summary>
public class ThreeWays
{
    private const double DoubleRoundoff = 1.1e-16;
    private const double SingleRoundoff = 6e-8;

    [Property(MaxTest = 300, Arbitrary = [typeof(KernelArbitraries)])]
    public void KernelsAgreeWithTheInterpretedExpression(MergedCase c) => KernelsAgree(c);

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
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
        var interpreter = new Interpreter<Plain>(c);
        var derivatives = Expressions.Of(c);
        var oracle = new PlainOracle(c);
        Close.Assert($"{c} loss", oracle.Loss(c.X), interpreter.Scalar(derivatives.Value).Value, c, DoubleRoundoff);
        Close.Assert($"{c} gradient", oracle.Gradient(c.X), PlainOracle.Flat(interpreter.Value(derivatives.Gradient)), c, DoubleRoundoff);
    }

    private static void KernelsAgree(KernelCase c) => KernelsAgree(c, (KernelTable.BuiltIn, "built-in"), (KernelTable.AnySize, "any-size"));

    internal static void KernelsAgree(KernelCase c, params (KernelTable Table, string Kind)[] tables)
    {
        var expected = Interpreted(c);
        foreach (var width in VectorWidths.Supported)
            foreach (var (table, kind) in tables)
            {
                Same($"{c} {kind} double {width}", expected, KernelRun.Double(c, table, width), c, DoubleRoundoff);
                Same($"{c} {kind} single {width}", expected, KernelRun.Single(c, table, width), c, SingleRoundoff);
            }
    }

    internal static KernelRun Interpreted(KernelCase c)
    {
        var interpreter = new Interpreter<Plain>(c);
        var derivatives = Expressions.Of(c);
        var loss = interpreter.Scalar(derivatives.Value).Value;
        return new KernelRun(
            loss, loss, PlainOracle.Flat(interpreter.Value(derivatives.Gradient)),
            PlainOracle.Flat(interpreter.Value(derivatives.HessianVector)), PlainOracle.Flat(interpreter.Value(derivatives.GaussNewton)),
            PlainOracle.Flat(interpreter.Value(derivatives.Bend)));
    }

    internal static void Same(string where, KernelRun expected, KernelRun actual, KernelCase c, double roundoff)
    {
        Close.Assert(where + " loss", expected.Loss, actual.Loss, c, roundoff);
        Close.Assert(where + " loss alone", expected.LossAlone, actual.LossAlone, c, roundoff);
        Close.Assert(where + " gradient", expected.Gradient, actual.Gradient, c, roundoff);
        Close.Assert(where + " Hessian-vector", expected.HessianVector, actual.HessianVector, c, roundoff);
        Close.Assert(where + " Gauss-Newton", expected.GaussNewton, actual.GaussNewton, c, roundoff);
        Close.Assert(where + " bend", expected.Bend, actual.Bend, c, roundoff);
    }
}
