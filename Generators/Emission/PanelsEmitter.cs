using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the products of one dialect. Sizes and strides come with a type argument: where they are constants the runtime compiles them into
/// the code, so one text serves every size, those known at build time and the others.
/// </summary>
internal static class PanelsEmitter
{
    private static readonly int[] SumVectors = [1, 2];
    private static readonly TileKind[] Kinds = [TileKind.Single, TileKind.Pair];

    public static void Write(CodeWriter code, Dialect dialect)
    {
        code.Block($"public readonly unsafe struct Panels{dialect.Name} : IPanels<{dialect.Scalar}>", () =>
        {
            WriteDispatch(code, dialect, pair: false);
            WriteDispatch(code.Line(), dialect, pair: true);
            WriteTwinDispatch(code.Line(), dialect);
            if (dialect.IsWide) code.Line().Line($"public static int StripBytes => {dialect.TileVectors.First() * dialect.Lanes * dialect.Bytes};");
            if (dialect.IsWide) WriteTakesResiduals(code.Line(), dialect);
            if (dialect.TakesPacked) code.Line().Line("public static bool TakesPacked => true;");
            if (dialect.SumsUp) WriteSumDispatch(code.Line(), dialect);
            foreach (var vectors in dialect.TileVectors)
                foreach (var kind in Kinds)
                    PanelEmitter.Write(code.Line(), dialect, vectors, kind);
            if (dialect.IsWide) PanelEmitter.Write(code.Line(), dialect, 2, TileKind.Twin);
            foreach (var vectors in dialect.SumsUp ? SumVectors : []) PanelEmitter.Write(code.Line(), dialect, vectors, TileKind.Sum);
            if (dialect.PerLane) WriteRight(code.Line(), dialect);
        });
    }

    private static void WriteDispatch(CodeWriter code, Dialect dialect, bool pair)
    {
        var (t, method, second, also) = (dialect.Scalar, pair ? "MultiplyPair" : "Multiply", pair ? $" {dialect.Scalar}* turnedLeft, {dialect.Scalar}* second," : "", pair ? " turnedLeft, second," : "");
        code.Line(pair ? "/// <summary>C = A B + Dᵀ E or C += A B + Dᵀ E, panel by panel of columns.</summary>" : "/// <summary>C = A B or C += A B, panel by panel of columns.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Line($"public void {method}<TShape>(TShape shape, {t}* left, {t}* right,{second} {t}* target)");
        code.Block($"    where TShape : struct, {(pair ? "IPairShape" : "IProductShape")}", () =>
        {
            WriteNarrower(code, dialect, $"{method}(shape, left, right,{also} target)");
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
                    code.Line($"{PanelEmitter.Method(vectors, pair ? TileKind.Pair : TileKind.Single)}(shape, left, right,{also} target);");
                    if (!repeats && vectors > 1) code.Line("return;");
                });
            }
        });
    }

    // Alone, one vector of columns is read out as fast as it is used: twins take both by the same reads of A.
    private static void WriteTwinDispatch(CodeWriter code, Dialect dialect)
    {
        var t = dialect.Scalar;
        code.Line("/// <summary>C = A B and E = A D.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Line($"public void MultiplyTwin<TShape>(TShape shape, {t}* left, {t}* right, {t}* second, {t}* target, {t}* other)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            WriteNarrower(code, dialect, "MultiplyTwin(shape, left, right, second, target, other)");
            if (dialect.IsWide) code.Block($"if (shape.Columns <= {dialect.Columns})", () => code.Line("Twin(shape, left, right, second, target, other);").Line("return;"));
            code.Line("Multiply(shape, left, right, target);");
            code.Line("Multiply(shape, left, second, other);");
        });
    }

    private static void WriteTakesResiduals(CodeWriter code, Dialect dialect)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("public static bool TakesResiduals<TShape>(TShape shape)");
        code.Line($"    where TShape : struct, IProductShape => shape.RightStride >= {dialect.Lanes};");
    }

    // A vector or two of columns are summed up so soon that reading and writing the target between products would show.
    private static void WriteSumDispatch(CodeWriter code, Dialect dialect)
    {
        var (t, columns) = (dialect.Scalar, dialect.Columns);
        string Whole(int vectors) => $"shape.Rows % {dialect.TileRows(vectors).First()} == 0";
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("public static bool SumsUp<TShape>(TShape shape)");
        code.Line("    where TShape : struct, IPairShape =>");
        code.Line($"    shape.RightStride >= {dialect.Lanes} && shape.Columns <= {2 * columns} && (shape.Columns <= {columns} ? {Whole(1)} : {Whole(2)});");
        code.Line();
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line($"public static void Sum<TShape>(TShape shape, {t}* left, {t}* right, {t}* turnedLeft, {t}* second, {t}* thirdLeft, {t}* third, {t}* target)");
        code.Block("    where TShape : struct, IPairShape", () =>
        {
            foreach (var vectors in SumVectors)
                code.Line($"{(vectors == 1 ? $"if (shape.Columns <= {columns})" : "else")} {PanelEmitter.Method(vectors, TileKind.Sum)}(shape, left, right, turnedLeft, second, thirdLeft, third, target);");
        });
    }

    private static void WriteNarrower(CodeWriter code, Dialect dialect, string call)
    {
        if (dialect.Narrower is { } narrower)
            code.Block($"if (shape.RightStride < {dialect.Lanes})", () => code.Line($"default(Panels{narrower.Name}).{call};").Line("return;"));
    }

    // One number for all lanes, or one for each.
    private static void WriteRight(CodeWriter code, Dialect dialect)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line($"private static V Right<TShape>(TShape shape, {dialect.Scalar}* entry)");
        code.Line("    where TShape : struct, IProductShape =>");
        code.Line($"    shape.RightIsShared ? {dialect.Create("*entry")} : {dialect.Load("entry")};");
    }
}
