using System;
using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes e^x for x ≤ 20: x = k ln 2 / m + r with |r| ≤ ½ ln 2 / m, and e^x = 2^(k/m) (1 + r + r² Q(r)). Vectors of 512 bits look the sixteenths of a power
/// of two up in a register or two (m = 16), so that Q is short; the others have the exponent alone (m = 1). Q interpolates at Chebyshev
/// nodes; what it leaves out is at most 1.1e-8 in single precision and 2.9e-17 in double, relative, and rounding adds the rest of the bound of
/// two units in the last place. Below the floor the result is zero, so it is never denormal, and −∞ gives zero.
/// </summary>
internal static class ExponentialWriter
{
    private const int Sixteenth = 4;

    /// <summary>Fits 2^(j/16) less j sixteenths of an exponent, as bits: k in the low bits of a number then gives both by one shift and one addition.</summary>
    private static readonly long[] DoublePowers =
    [
        0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238, 0x3fef06fe0a31b715, 0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429,
        0x3feea09e667f3bcd, 0x3feea11473eb0187, 0x3feeace5422aa0db, 0x3feec49182a3f090, 0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487, 0x3fefa4afa2a490da,
    ];

    private static readonly int[] SinglePowers =
    [
        0x3f800000, 0x3f7daac3, 0x3f7b95c2, 0x3f79c3d3, 0x3f7837f0, 0x3f76f532, 0x3f75fed7, 0x3f75583f,
        0x3f7504f3, 0x3f7508a4, 0x3f75672a, 0x3f76248c, 0x3f7744fd, 0x3f78ccdf, 0x3f7ac0c7, 0x3f7d257d,
    ];

    // High has few enough bits for k·High to be exact where multiply-adds may not be fused. PerPower: m over ln 2; Shift: what brings k into the lowest bits, and beside it the bias of the exponent where no table does.
    private sealed record Constants(string PerPower, string Shift, string High, string Low, string[] Polynomial);

    private static readonly Constants Double = new(
        "1.4426950408889634", "6755399441056767.0", "0.6931471787393093", "1.8206359985041462E-09",
        ["0.5000000000000001", "0.16666666666666669", "0.04166666666662399", "0.008333333333330051", "0.0013888888917281794", "0.00019841269863105968", "2.480152119021773E-05",
         "2.7557268378684192E-06", "2.7620138719733994E-07", "2.5100424157005067E-08"]);

    private static readonly Constants DoubleOfTable = new(
        "23.083120654223414", "6755399441055744.0", "0.04332169878499658", "1.4494042586539372E-18",
        ["0.5", "0.1666666666529896", "0.04166666666495703", "0.008333449817651228", "0.0013889034494096299"]);

    private static readonly Constants Single = new(
        "1.44269504f", "12583039f", "0.693359375f", "-0.00021219444f",
        ["0.5f", "0.16666576266288757f", "0.041666556149721146f", "0.008363203145563602f", "0.0013926213141530752f"]);

    private static readonly Constants SingleOfTable = new(
        "23.083120346069336f", "12582912f", "0.043321698904037476f", "-1.1904088825787085E-10f",
        ["0.5000097751617432f", "0.1666686236858368f"]);

    public static void Write(CodeWriter code, Dialect dialect)
    {
        var (isDouble, hasTable) = (dialect.Scalar == "double", dialect.Bits == 512);
        var c = Of(dialect);
        var all = All(c);
        string Literal(string constant) => $"Create({constant})";
        string Laid(string constant) => dialect.Load($"c + {Array.IndexOf(all, constant) * dialect.Lanes}");
        var (whole, real, mantissa) = isDouble ? ("Int64", "Double", 52) : ("Int32", "Single", 23);
        code.Line("/// <summary>e^x for x ≤ 20, to two units in the last place; 0 where that would be denormal.</summary>");
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Block("internal static V Exp(V x)", () =>
        {
            // Nothing is bounded first: what falls below the floor may come out as anything, and is replaced.
            WriteRemainder(Literal);
            code.Line("V square = r * r;");
            code.Line($"V rest = {dialect.MultiplyAdd(hasTable ? InPairs() : InHalves(Literal), "square", "r")}; // e^r − 1");
            code.Line($"return ConditionalSelect(LessThan(x, Create({(isDouble ? "-708.0" : "-87f")})), V.Zero, {Whole()});");
        });
        code.Line();
        if (!dialect.PerLane && dialect.Bits >= 256)
        {
            code.Line("/// <summary>The same for |x| ≤ 20, sooner where there is little else to do.</summary>");
            if (!hasTable) code.Line("/// <param name=\"c\">Constants, which each vector has for itself: those that several share the runtime would carry over all of them, and put away what they need.</param>");
            code.Line("[MethodImpl(AggressiveInlining)]");
            code.Block($"internal static V Near(V x{(hasTable ? "" : $", {dialect.Scalar}* c")})", () =>
            {
                // So near, the powers of r need not wait for its last digits.
                WriteRemainder(hasTable ? Literal : Laid);
                code.Line($"V square = {(hasTable ? "most * most" : "r * r")};");
                code.Line($"V rest = {(hasTable ? Soon() : dialect.MultiplyAdd(InHalves(Laid), "square", "r"))}; // e^r − 1");
                code.Line($"return {Whole()};");
            });
            if (!hasTable) WriteLay();
            code.Line();
        }

        code.Line("// 2^(k/m).");
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line($"private static V Power(V shifted) => {(hasTable ? $"((shifted.As{whole}() << {mantissa - Sixteenth}) + {Looked(isDouble)})" : $"(shifted.As{whole}() << {mantissa})")}.As{real}();");
        code.Line();

        void WriteRemainder(Func<string, string> constant)
        {
            code.Line($"V shifted = {dialect.MultiplyAdd("x", constant(c.PerPower), constant(c.Shift))}, k = shifted - {constant(c.Shift)}, power = Power(shifted); // k in the lowest bits");
            code.Line($"V most = {dialect.MultiplyAdd("k", constant(Negative(c.High)), "x")}, r = {dialect.MultiplyAdd("k", constant(Negative(c.Low)), "most")};");
        }

        void WriteLay()
        {
            code.Line();
            code.Line("/// <summary>Lays the constants of Near, so many times over.</summary>");
            code.Line("[MethodImpl(AggressiveOptimization)]");
            code.Block($"internal static void LayNear({dialect.Scalar}* c, int copies)", () =>
                code.Block($"for (; copies > 0; copies--, c += {all.Length * dialect.Lanes})", () =>
                {
                    foreach (var constant in all) code.Line($"{Laid(constant)} = {Literal(constant)};");
                }));
        }

        string Whole() => dialect.MultiplyAdd("power", "rest", "power");

        // Even and odd powers apart: chains of half the length, so that more rows are under way at once.
        string InHalves(Func<string, string> constant)
        {
            string Chain(int first) => c.Polynomial.Where((_, power) => power % 2 == first).Select(constant).Reverse()
                .Aggregate((sum, coefficient) => dialect.MultiplyAdd(sum, "square", coefficient));
            return dialect.MultiplyAdd(Chain(1), "r", Chain(0));
        }

        // Coefficients two by two, which begin without the square: a short polynomial is there sooner so.
        List<string> Pairs(string of) =>
            [.. from first in Enumerable.Range(0, (c.Polynomial.Length + 1) / 2)
                let pair = c.Polynomial.Skip(2 * first).Take(2).Select(coefficient => $"Create({coefficient})").ToList()
                select pair.Count == 1 ? pair[0] : dialect.MultiplyAdd(pair[1], of, pair[0])];

        string InPairs() => Enumerable.Reverse(Pairs("r")).Aggregate((sum, pair) => dialect.MultiplyAdd(sum, "square", pair));

        // One multiplication more, and one wait less.
        string Soon()
        {
            var pairs = Pairs("most");
            var low = dialect.MultiplyAdd(pairs[0], "square", "r");
            return pairs.Count == 1 ? low : dialect.MultiplyAdd(dialect.MultiplyAdd(pairs[2], "square", pairs[1]), "square * square", low);
        }
    }

    private static string Looked(bool isDouble)
    {
        string Half(int half) => $"Create({string.Join(", ", DoublePowers.Skip(8 * half).Take(8).Select(bits => $"0x{bits:x}"))})";
        return isDouble
            ? $"Avx512F.PermuteVar8x64x2({Half(0)}, shifted.AsInt64(), {Half(1)})"
            : $"Avx512F.PermuteVar16x32(Create({string.Join(", ", SinglePowers.Select(bits => $"0x{bits:x}"))}), shifted.AsInt32())";
    }

    /// <summary>Numbers that the constants of Near occupy for a vector; none where they are not laid down.</summary>
    public static int NearSize(Dialect dialect) => dialect.Bits == 512 ? 0 : All(Of(dialect)).Length * dialect.Lanes;

    private static Constants Of(Dialect dialect) => (dialect.Scalar == "double", dialect.Bits == 512) switch
    {
        (true, true) => DoubleOfTable,
        (true, false) => Double,
        (false, true) => SingleOfTable,
        _ => Single,
    };

    private static string[] All(Constants c) => [c.PerPower, c.Shift, Negative(c.High), Negative(c.Low), .. c.Polynomial];

    private static string Negative(string number) => $"-{number}".Replace("--", "");
}
