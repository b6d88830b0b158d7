using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes e^x for x ≤ 0: x = k ln 2 + r with |r| ≤ ½ ln 2, a polynomial in r, and k added to the exponent. The polynomials interpolate at
/// Chebyshev nodes: 2.5e-9 off in single precision (degree 6), 4.2e-18 in double (degree 11), relative; rounding adds the rest of the bound
/// of two units in the last place. Below the floor the result is zero, so it is never denormal, and −∞ gives zero.
/// </summary>
internal static class ExponentialWriter
{
    private sealed record Constants(string Floor, string LogTwoE, string Shift, string High, string Low, string[] Polynomial, string Bits, int Mantissa);

    private static readonly Constants Double = new(
        "-708.0", "1.4426950408889634", "6755399441056767.0", "0.6931471787393093", "1.8206359985041462E-09",
        ["1.0", "1.0", "0.5000000000000019", "0.1666666666666668", "0.04166666666648799", "0.008333333333319592", "0.0013888888952343797", "0.00019841269890069431",
         "2.4801485451264055E-05", "2.7557240894691074E-06", "2.76326511328741E-07", "2.5110046444457486E-08"],
        "Int64", 52);

    private static readonly Constants Single = new(
        "-87f", "1.44269504f", "12583039f", "0.693359375f", "-0.00021219444f",
        ["1f", "1.0000000377334783f", "0.5000000047139321f", "0.16666415437987242f", "0.04166635280102047f", "0.008375132781144013f", "0.0013941116406063054f"],
        "Int32", 23);

    private const int MostInOneChain = 8;

    public static void Write(CodeWriter code, Dialect dialect)
    {
        var c = dialect.Scalar == "double" ? Double : Single;
        code.Line("/// <summary>e^x for x ≤ 0, to two units in the last place; 0 where that would be denormal.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        code.Block("internal static V Exp(V x)", () =>
        {
            // Nothing is bounded first: what falls below the floor may come out as anything, and is replaced.
            code.Line($"V shifted = {dialect.MultiplyAdd("x", $"Create({c.LogTwoE})", $"Create({c.Shift})")}; // k and the exponent's bias in the lowest bits");
            code.Line($"V k = shifted - Create({c.Shift});");
            code.Line($"V r = {dialect.MultiplyAdd("k", $"Create(-{c.Low})".Replace("--", ""), dialect.MultiplyAdd("k", $"Create(-{c.High})", "x"))};");
            var sum = Sum(code, dialect, c.Polynomial);
            code.Line($"V power = (shifted.As{c.Bits}() << {c.Mantissa}).As{(dialect.Scalar == "double" ? "Double" : "Single")}();");
            code.Line($"return ConditionalSelect(LessThan(x, Create({c.Floor})), V.Zero, {sum} * power);");
        });
        code.Line();
    }

    // A long polynomial is one chain of operations that each wait for the last. Its even and its odd powers are summed side by side, all but
    // the constant: that one comes last, and rounds once, as it would in a single chain.
    private static string Sum(CodeWriter code, Dialect dialect, string[] polynomial)
    {
        var (constant, rest) = (polynomial[0], polynomial.Skip(1).ToList());
        if (rest.Count <= MostInOneChain) return dialect.MultiplyAdd(Chain(dialect, rest, "r"), "r", $"Create({constant})");
        code.Line("V r2 = r * r;");
        code.Line($"V even = {Chain(dialect, rest.Where((_, power) => power % 2 == 1), "r2")}; // sum of the even powers over r², of the odd ones over r");
        code.Line($"V odd = {Chain(dialect, rest.Where((_, power) => power % 2 == 0), "r2")};");
        return dialect.MultiplyAdd(dialect.MultiplyAdd("even", "r", "odd"), "r", $"Create({constant})");
    }

    private static string Chain(Dialect dialect, IEnumerable<string> coefficients, string power) =>
        coefficients.Reverse().Select(c => $"Create({c})").Aggregate((sum, next) => dialect.MultiplyAdd(sum, power, next));
}
