using FsCheck.Xunit;
using Unmask.Generators.Maths;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Emitted kernel = interpreted expression = scalar loops, in every width that runs here, both precisions, both masks.</summary>
public class ThreeWays
{
    private const double DoubleRoundoff = 1.1e-16;
    private const double SingleRoundoff = 6e-8;

    [Property(MaxTest = 300, Arbitrary = [typeof(KernelArbitraries)])]
    public void KernelsAgreeWithTheInterpretedExpression(KernelCase c) => KernelsAgree(c);

    [Theory]
    [MemberData(nameof(LargeSizes))]
    public void LargeKernelsAgreeWithTheInterpretedExpression(int d, int n, LossModel model, bool causal) =>
        KernelsAgree(new KernelCase(d, n, model, causal, seed: 7));

    public static TheoryData<int, int, LossModel, bool> LargeSizes()
    {
        var data = new TheoryData<int, int, LossModel, bool>();
        foreach (var (d, n) in KernelTable.BuiltIn.Sizes.Where(s => s.D > 32).Append((33, 65)))
            foreach (var model in Enum.GetValues<LossModel>()) data.Add(d, n, model, n % 2 == 1);
        foreach (var model in Enum.GetValues<LossModel>())
            foreach (var (d, n) in new[] { (5, 201), (9, 300), (260, 20) }) // in blocks of queries, and in pieces of the depth
                foreach (var causal in new[] { false, true }) data.Add(d, n, model, causal);
        return data;
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void TheExpressionAgreesWithScalarLoops(KernelCase c) => ScalarLoopsAgree(c);

    internal static void ScalarLoopsAgree(KernelCase c)
    {
        var interpreter = new Interpreter(c.D, c.N, c.Causal, c.Symbols);
        var derivatives = Expressions.Of(c.Model);
        var oracle = new ScalarOracle(c);
        Close.Assert("loss", oracle.Loss(c.X), interpreter.Scalar(derivatives.Value), c.D, c.N, DoubleRoundoff);
        Close.Assert("gradient", Flat(oracle.Gradient(c.X)), Flat(interpreter.Value(derivatives.Gradient)), c.D, c.N, DoubleRoundoff);
    }

    private static void KernelsAgree(KernelCase c) => KernelsAgree(c, (KernelTable.BuiltIn, "built-in"), (KernelTable.AnySize, "any-size"));

    internal static void KernelsAgree(KernelCase c, params (KernelTable Table, string Kind)[] tables)
    {
        var interpreter = new Interpreter(c.D, c.N, c.Causal, c.Symbols);
        var derivatives = Expressions.Of(c.Model);
        var expected = new KernelRun(
            interpreter.Scalar(derivatives.Value), interpreter.Scalar(derivatives.Value), Flat(interpreter.Value(derivatives.Gradient)),
            Flat(interpreter.Value(derivatives.HessianVector)), Flat(interpreter.Value(derivatives.GaussNewton)),
            Flat(interpreter.Value(derivatives.Bend)));
        foreach (var width in VectorWidths.Supported)
            foreach (var (table, kind) in tables)
            {
                Same($"{c} {kind} double {width}", expected, KernelRun.Double(c, table, width), c, DoubleRoundoff);
                Same($"{c} {kind} single {width}", expected, KernelRun.Single(c, table, width), c, SingleRoundoff);
            }
    }

    private static void Same(string where, KernelRun expected, KernelRun actual, KernelCase c, double roundoff)
    {
        Close.Assert(where + " loss", expected.Loss, actual.Loss, c.D, c.N, roundoff);
        Close.Assert(where + " loss alone", expected.LossAlone, actual.LossAlone, c.D, c.N, roundoff);
        Close.Assert(where + " gradient", expected.Gradient, actual.Gradient, c.D, c.N, roundoff);
        Close.Assert(where + " Hessian-vector", expected.HessianVector, actual.HessianVector, c.D, c.N, roundoff);
        Close.Assert(where + " Gauss-Newton", expected.GaussNewton, actual.GaussNewton, c.D, c.N, roundoff);
        Close.Assert(where + " bend", expected.Bend, actual.Bend, c.D, c.N, roundoff);
    }

    private static double[] Flat(double[,] a) => [.. a.Cast<double>()];
}
