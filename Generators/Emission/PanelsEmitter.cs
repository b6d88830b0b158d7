using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the products of one dialect. Sizes and strides come with a type argument: where they are constants the runtime compiles them into
/// the code, so one text serves every size, those known at build time and the others.
/// </summary>
internal static class PanelsEmitter
{
    private static readonly string[] Counts = ["", "One", "Two", "Three", "Four"];

    public static void Write(CodeWriter code, Dialect dialect)
    {
        var t = dialect.Scalar;
        code.Block($"public readonly unsafe struct Panels{dialect.Name} : IPanels<{t}>", () =>
        {
            WriteDispatch(code, dialect);
            foreach (var vectors in dialect.TileVectors)
                foreach (var transposed in new[] { false, true })
                    WritePanel(code.Line(), dialect, vectors, transposed);
        });
    }

    private static void WriteDispatch(CodeWriter code, Dialect dialect)
    {
        var t = dialect.Scalar;
        code.Line("/// <summary>C = A B or C += A B, panel by panel of columns.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Line($"public void Multiply<TShape>(TShape shape, {t}* left, {t}* right, {t}* target)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            if (dialect.Narrower is { } narrower)
            {
                code.Block($"if (shape.RightStride < {dialect.Lanes})", () =>
                {
                    code.Line($"default(Panels{narrower.Name}).Multiply(shape, left, right, target);");
                    code.Line("return;");
                });
            }

            code.Line(dialect.Columns == 1 ? "nint vectors = shape.Columns, v = 0;" : $"nint vectors = (shape.Columns + {dialect.Columns - 1}) / {dialect.Columns}, v = 0;");
            foreach (var vectors in dialect.TileVectors)
            {
                var step = vectors * dialect.Lanes;
                var head = vectors == dialect.TileVectors.First() && vectors > 1 ? $"for (; v + {vectors} <= vectors; v += {vectors}, right += {step}, target += {step})"
                    : dialect.TileVectors.First() == 4 && vectors == 2 && !dialect.TileVectors.Contains(3) ? $"for (; v + 2 <= vectors; v += 2, right += {step}, target += {step})"
                    : vectors == 1 ? "if (v < vectors)" : $"if (v + {vectors} <= vectors)";
                code.Block(head, () =>
                {
                    code.Line($"if (shape.LeftTransposed) {Method(vectors, true)}(shape, left, right, target);");
                    code.Line($"else {Method(vectors, false)}(shape, left, right, target);");
                    if (!head.StartsWith("for", System.StringComparison.Ordinal) && vectors > 1) code.Line("return;");
                });
            }
        });
    }

    private static void WritePanel(CodeWriter code, Dialect dialect, int vectors, bool transposed)
    {
        var t = dialect.Scalar;
        var heights = dialect.TileRows(vectors).ToList();
        var fma = heights.Sum(rows => rows * vectors * (dialect.Unroll + 1));
        var il = heights.Sum(rows => Budget.EstimatedIlBytes(rows, vectors, dialect.Unroll));
        code.Line($"/// <summary>C = {(transposed ? "Aᵀ" : "A")} B for {vectors} vector{(vectors > 1 ? "s" : "")} of columns: {fma} multiply-adds written, at most {il} bytes of IL.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Line($"private static void {Method(vectors, transposed)}<TShape>(TShape shape, {t}* left, {t}* right, {t}* target)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            code.Line("nint rows = (shape.Rows + 3) & -4, depth = shape.Depth, leftStride = shape.LeftStride, rightStride = shape.RightStride, targetStride = shape.TargetStride;");
            code.Line("nint i = 0;");
            foreach (var height in heights)
                code.Block($"for (; i + {height} <= rows; i += {height})", () => new Tile(code, dialect, height, vectors, transposed).Write());
        });
    }

    private static string Method(int vectors, bool transposed) => Counts[vectors] + (transposed ? "Transposed" : "Straight");
}
