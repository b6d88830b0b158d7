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
    private static readonly bool[] Both = [false, true];

    public static void Write(CodeWriter code, Dialect dialect)
    {
        code.Block($"public readonly unsafe struct Panels{dialect.Name} : IPanels<{dialect.Scalar}>", () =>
        {
            WriteDispatch(code, dialect, pair: false);
            WriteDispatch(code.Line(), dialect, pair: true);
            foreach (var vectors in dialect.TileVectors)
                foreach (var pair in Both)
                    WritePanel(code.Line(), dialect, vectors, pair);
            if (dialect.PerLane) WriteRight(code.Line(), dialect);
        });
    }

    private static void WriteDispatch(CodeWriter code, Dialect dialect, bool pair)
    {
        var (t, method, second, also) = (dialect.Scalar, pair ? "MultiplyPair" : "Multiply", pair ? $" {dialect.Scalar}* second," : "", pair ? " second," : "");
        code.Line(pair ? "/// <summary>C = A B + Aᵀ D or C += A B + Aᵀ D, panel by panel of columns.</summary>" : "/// <summary>C = A B or C += A B, panel by panel of columns.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Line($"public void {method}<TShape>(TShape shape, {t}* left, {t}* right,{second} {t}* target)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            if (dialect.Narrower is { } narrower)
            {
                code.Block($"if (shape.RightStride < {dialect.Lanes})", () =>
                {
                    code.Line($"default(Panels{narrower.Name}).{method}(shape, left, right,{also} target);");
                    code.Line("return;");
                });
            }

            code.Line(dialect.Columns == 1 ? "nint vectors = shape.Columns, v = 0;" : $"nint vectors = (shape.Columns + {dialect.Columns - 1}) / {dialect.Columns}, v = 0;");
            foreach (var vectors in dialect.TileVectors)
            {
                var step = vectors * dialect.Lanes;
                var right = dialect.PerLane && !pair ? $"shape.RightIsShared ? {vectors} : {step}" : step.ToString();
                var advance = $"right += {right},{(pair ? $" second += {step}," : "")} target += {step}";
                // The widest comes as often as it fits; a narrower one again only where some width below the last is missing.
                var repeats = vectors == dialect.TileVectors.First() || !dialect.TileVectors.Contains(vectors == 1 ? 2 : 3);
                code.Block(repeats ? $"for (; v + {vectors} <= vectors; v += {vectors}, {advance})" : vectors == 1 ? "if (v < vectors)" : $"if (v + {vectors} <= vectors)", () =>
                {
                    code.Line($"{Method(vectors, pair)}(shape, left, right,{also} target);");
                    if (!repeats && vectors > 1) code.Line("return;");
                });
            }
        });
    }

    private static void WritePanel(CodeWriter code, Dialect dialect, int vectors, bool pair)
    {
        var t = dialect.Scalar;
        var heights = dialect.TileRows(vectors).ToList();
        var loops = pair ? 2 : 1;
        var fma = heights.Sum(rows => loops * rows * vectors * (dialect.Unroll(rows * vectors) + 1));
        var il = heights.Sum(rows => loops * Budget.EstimatedIlBytes(rows, vectors, dialect.Unroll(rows * vectors)));
        var formula = pair ? "A B + Aᵀ D" : "A B, A as it lies or transposed,";
        code.Line($"/// <summary>C = {formula} for {vectors} vector{(vectors > 1 ? "s" : "")} of columns: {fma} multiply-adds written, at most {il} bytes of IL.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Line($"private static void {Method(vectors, pair)}<TShape>(TShape shape, {t}* left, {t}* right,{(pair ? $" {t}* second," : "")} {t}* target)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            code.Line("nint rows = (shape.Rows + 3) & -4, depth = shape.Depth, leftStride = shape.LeftStride, rightStride = shape.RightStride, targetStride = shape.TargetStride;");
            code.Line(pair ? $"const nint pitch = {dialect.Pitch};" : $"nint rowStep = shape.LeftTransposed ? {dialect.Pitch} : leftStride, depthStep = shape.LeftTransposed ? leftStride : {dialect.Pitch};");
            if (dialect.PerLane && !pair)
            {
                code.Line($"nint rightStep = shape.RightIsShared ? 1 : {dialect.Lanes};");
                code.Line($"if (shape.RightIsShared) rightStride /= {dialect.Lanes};");
            }

            code.Line("nint i = 0;");
            foreach (var height in heights)
                code.Block(height % 4 == 0 ? $"for (; i + {height} <= rows; i += {height})" : $"for (nint whole = rows / {2 * height} * {2 * height}; i < whole; i += {height})", () => new Tile(code, dialect, height, vectors, pair).Write());
        });
    }

    // One number for all lanes, or one for each.
    private static void WriteRight(CodeWriter code, Dialect dialect)
    {
        code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        code.Line($"private static V Right<TShape>(TShape shape, {dialect.Scalar}* entry)");
        code.Line("    where TShape : struct, IProductShape =>");
        code.Line($"    shape.RightIsShared ? {dialect.Create("*entry")} : {dialect.Load("entry")};");
    }

    private static string Method(int vectors, bool pair) => Counts[vectors] + (pair ? "Pair" : "");
}
