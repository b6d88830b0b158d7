using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the way from the products that programs ask for to those written out in full, for one small size. Types are compared while compiling, so
/// nothing of it remains.
/// </summary>
internal static class SmallPanelsEmitter
{
    /// <summary>The widths that programs of small sizes come in.</summary>
    public static IEnumerable<Dialect> Dialects => Dialect.All.Where(x => x.IsWide);

    public static bool Serves(int d, int n) => SmallProductsEmitter.Extents.Contains(d) && SmallProductsEmitter.Extents.Contains(n);

    public static void Write(CodeWriter code, Dialect dialect, int d, int n, IEnumerable<ProductStep> products)
    {
        var t = dialect.Scalar;
        var size = $"Size{d}x{n}{(t == "double" ? "F64" : "F32")}";
        code.Line($"/// <summary>Products of d = {d}, n = {n} in full.</summary>");
        code.Block($"internal readonly unsafe struct SmallPanels{d}x{n}{dialect.Name} : IPanels<{t}>", () =>
        {
            WriteMethod(code, $"Multiply<TShape>(TShape shape, {t}* left, {t}* right, {t}* target)", () => WriteProducts(code, dialect, size, d, n, products));
            WriteMethod(code.Line(), $"MultiplyPair<TShape>(TShape shape, {t}* left, {t}* right, {t}* turnedLeft, {t}* second, {t}* target)", () => WritePairs(code, dialect, size, d, n), "IPairShape");
            WriteMethod(code.Line(), $"MultiplyTwin<TShape>(TShape shape, {t}* left, {t}* right, {t}* second, {t}* target, {t}* other)", () =>
            {
                code.Line("Multiply(shape, left, right, target);");
                code.Line("Multiply(shape, left, second, other);");
            });
        });
    }

    private static void WriteMethod(CodeWriter code, string head, Action body, string shape = "IProductShape")
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("public void " + head);
        code.Block($"    where TShape : struct, {shape}", body);
    }

    private static void WriteProducts(CodeWriter code, Dialect dialect, string size, int d, int n, IEnumerable<ProductStep> products)
    {
        var otherwise = "";
        foreach (var (result, depth, transposed, extents, side) in products.Where(p => !p.PerHead && p.Start == Start.Set)
            .Select(p => (p.Result, p.Depth, p.LeftTransposed, ProgramWords.Extents(p), ProgramWords.Side(p))).Distinct())
        {
            var (rows, columns) = (Of(result.Rows), Of(result.Columns));
            var serving = SmallProductsEmitter.Serving(dialect, columns);
            if (columns != serving.Lanes) continue;
            code.Line($"{otherwise}if (typeof(TShape) == typeof(ProductShape<{size}, {extents}, {side}, Set>))");
            code.Line($"    {SmallProductsEmitter.Method(serving, rows, Of(depth), columns, transposed)}(left, right, target);");
            otherwise = "else ";
        }

        code.Line($"{otherwise}default(Panels{dialect.Name}).Multiply(shape, left, right, target);");

        int Of(Extent extent) => extent == Extent.D ? d : n;
    }

    // Gradients end in the one, products with a direction begin with the other.
    private static void WritePairs(CodeWriter code, Dialect dialect, string size, int d, int n)
    {
        var otherwise = "";
        foreach (var (extents, rows, depth, columns) in new[] { ("Tokens, Tokens, Features", n, n, d), ("Tokens, Features, Tokens", n, d, n) })
        {
            var serving = SmallProductsEmitter.Serving(dialect, columns);
            if (columns != serving.Lanes) continue;
            code.Line($"{otherwise}if (typeof(TShape) == typeof(ProductShape<{size}, {extents}, Straight, Set>))");
            code.Line($"    {SmallProductsEmitter.PairMethod(serving, rows, depth, columns)}(left, right, turnedLeft, second, target);");
            otherwise = "else ";
        }

        code.Line($"{otherwise}default(Panels{dialect.Name}).MultiplyPair(shape, left, right, turnedLeft, second, target);");
    }
}
