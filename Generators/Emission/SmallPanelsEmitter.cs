using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes products whose three extents are 4 or 8 in full, one expression a row, for the runtime to inline: at these sizes a call and a loop
/// cost as much as the arithmetic.
/// </summary>
internal static class SmallPanelsEmitter
{
    private static readonly int[] Extents = [4, 8];

    /// <summary>The widths at which a row of 8 fills the vector or two.</summary>
    public static IEnumerable<Dialect> Dialects => Dialect.All.Where(x => x.HasTails && x.Bits >= 256);

    public static void Write(CodeWriter code, Dialect dialect)
    {
        var t = dialect.Scalar;
        code.Block($"public readonly unsafe struct SmallPanels{dialect.Name} : IPanels<{t}>", () =>
        {
            code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            code.Line($"public void Multiply<TShape>(TShape shape, {t}* left, {t}* right, {t}* target)");
            code.Block("    where TShape : struct, IProductShape", () =>
            {
                var otherwise = "";
                foreach (var (rows, depth, columns, transposed) in All())
                {
                    code.Line($"{otherwise}if (shape.Rows == {rows} && shape.Depth == {depth} && shape.Columns == {columns} && shape.LeftTransposed == {(transposed ? "true" : "false")}) {Method(rows, depth, columns, transposed)}(left, right, target, shape.Accumulates);");
                    otherwise = "else ";
                }

                code.Line($"else default(Panels{dialect.Name}).Multiply(shape, left, right, target);");
            });
            foreach (var (rows, depth, columns, transposed) in All()) Write(code.Line(), dialect, rows, depth, columns, transposed);
        });
    }

    private static void Write(CodeWriter code, Dialect wide, int rows, int depth, int columns, bool transposed)
    {
        var bits = System.Math.Min(wide.Bits, columns * wide.Bytes * 8);
        var (t, v, vectors) = (wide.Scalar, $"Vector{bits}", columns * wide.Bytes * 8 / bits);
        var lanes = columns / vectors;
        code.Line($"/// <summary>C = {(transposed ? "Aᵀ" : "A")} B, {rows}x{depth} · {depth}x{columns}: {rows * depth * vectors} multiply-adds of {bits} bits.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        code.Block($"private static void {Method(rows, depth, columns, transposed)}({t}* a, {t}* b, {t}* c, bool accumulates)", () =>
        {
            for (var k = 0; k < depth; k++)
                code.Line($"{v}<{t}> {string.Join(", ", Enumerable.Range(0, vectors).Select(p => $"b{k}{Half(p)} = *({v}<{t}>*)(b + {k * columns + p * lanes})"))};");
            for (var i = 0; i < rows; i++)
                for (var p = 0; p < vectors; p++)
                {
                    var at = i * columns + p * lanes;
                    var sum = $"(accumulates ? *({v}<{t}>*)(c + {at}) : {v}<{t}>.Zero)";
                    for (var k = 0; k < depth; k++)
                        sum = $"{v}.FusedMultiplyAdd({v}.Create(a[{(transposed ? k * rows + i : i * depth + k)}]), b{k}{Half(p)}, {sum})";
                    code.Line($"*({v}<{t}>*)(c + {at}) = {sum};");
                }
        });
    }

    private static string Half(int part) => part == 0 ? "" : "h";

    private static IEnumerable<(int Rows, int Depth, int Columns, bool Transposed)> All() =>
        from rows in Extents from depth in Extents from columns in Extents from transposed in new[] { false, true } select (rows, depth, columns, transposed);

    private static string Method(int rows, int depth, int columns, bool transposed) => $"Multiply{rows}x{depth}x{columns}{(transposed ? "Transposed" : "Straight")}";
}
