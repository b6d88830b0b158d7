using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes products whose three extents are 4 or 8 in full, one expression a row: at these sizes loops and the checks of a general product
/// cost as much as the arithmetic.
/// </summary>
internal static class SmallPanelsEmitter
{
    private static readonly int[] Extents = [4, 8];
    private static readonly bool[] Both = [false, true];

    /// <summary>The widths that programs of small sizes come in.</summary>
    public static IEnumerable<Dialect> Dialects => Dialect.All.Where(x => x.HasTails && x.Bits >= 256);

    /// <summary>The widths that their products are written in: that of a row, or half of it where vectors are no wider.</summary>
    public static IEnumerable<Dialect> ProductDialects => [new("float", 128), new("float", 256), new("double", 256), new("double", 512)];

    public static bool Serves(int d, int n) => Extents.Contains(d) && Extents.Contains(n);

    /// <summary>The products themselves, shared by all small sizes.</summary>
    public static void WriteProducts(CodeWriter code, Dialect dialect)
    {
        code.Line("/// <summary>Products of 4 and 8 in full.</summary>");
        code.Block($"public static unsafe class {Class(dialect)}", () =>
        {
            foreach (var columns in Extents.Where(columns => columns == dialect.Lanes || columns == 2 * dialect.Lanes && dialect.Bytes == 8))
                foreach (var rows in Extents)
                    foreach (var depth in Extents)
                        foreach (var transposed in Both)
                            foreach (var adds in Both)
                                WriteProduct(code, dialect, rows, depth, columns, transposed, adds);
        });
    }

    /// <summary>From the products that programs ask for to those in full, for one size. Types are compared while compiling, so nothing of it remains.</summary>
    public static void WritePanels(CodeWriter code, Dialect dialect, int d, int n, IEnumerable<ProductStep> products)
    {
        var t = dialect.Scalar;
        var size = $"Size{d}x{n}{(t == "double" ? "F64" : "F32")}";
        code.Line($"/// <summary>Products of d = {d}, n = {n} in full.</summary>");
        code.Block($"internal readonly unsafe struct SmallPanels{d}x{n}{dialect.Name} : IPanels<{t}>", () =>
        {
            code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            code.Line($"public void Multiply<TShape>(TShape shape, {t}* left, {t}* right, {t}* target)");
            code.Block("    where TShape : struct, IProductShape", () =>
            {
                var otherwise = "";
                foreach (var (rows, depth, columns, transposed, adds) in products.Where(p => !p.PerHead)
                    .Select(p => (p.Result.Rows, p.Depth, p.Result.Columns, p.LeftTransposed, p.Start == Start.Add)).Distinct())
                {
                    int Of(Extent extent) => extent == Extent.D ? d : n;
                    var serving = dialect with { Bits = System.Math.Min(dialect.Bits, Of(columns) * dialect.Bytes * 8) };
                    code.Line($"{otherwise}if (typeof(TShape) == typeof(ProductShape<{size}, {Name(rows)}, {Name(depth)}, {Name(columns)}, {(transposed ? "Transposed" : "Straight")}, {(adds ? "Add" : "Set")}>))");
                    code.Line($"    {Class(serving)}.{Method(Of(rows), Of(depth), Of(columns), transposed, adds)}(left, right, target);");
                    otherwise = "else ";
                }

                code.Line($"else default(Panels{dialect.Name}).Multiply(shape, left, right, target);");
            });
        });
    }

    private static void WriteProduct(CodeWriter code, Dialect dialect, int rows, int depth, int columns, bool transposed, bool adds)
    {
        var (t, vectors) = (dialect.Scalar, columns / dialect.Lanes);
        code.Line($"/// <summary>C {(adds ? "+=" : "=")} {(transposed ? "Aᵀ" : "A")} B, {rows}x{depth} · {depth}x{columns}: {rows * depth * vectors} multiply-adds.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Block($"public static void {Method(rows, depth, columns, transposed, adds)}({t}* a, {t}* b, {t}* c)", () =>
        {
            for (var k = 0; k < depth; k++)
                code.Line($"V {string.Join(", ", Enumerable.Range(0, vectors).Select(p => $"b{k}{Half(p)} = {dialect.Load($"b + {k * columns + p * dialect.Lanes}")}"))};");
            for (var i = 0; i < rows; i++)
                for (var p = 0; p < vectors; p++)
                {
                    // The width is that of a machine with wider vectors, so 128 bits are fused here too.
                    var cell = dialect.Load($"c + {i * columns + p * dialect.Lanes}");
                    var sum = adds ? cell : "";
                    for (var k = 0; k < depth; k++)
                    {
                        var entry = $"Create(a[{(transposed ? k * rows + i : i * depth + k)}])";
                        sum = sum.Length == 0 ? $"{entry} * b{k}{Half(p)}" : $"FusedMultiplyAdd({entry}, b{k}{Half(p)}, {sum})";
                    }

                    code.Line($"{cell} = {sum};");
                }
        });
    }

    private static string Class(Dialect dialect) => $"SmallProducts{dialect.Name}";

    private static string Name(Extent extent) => extent == Extent.D ? "Features" : "Tokens";

    private static string Half(int part) => part == 0 ? "" : "h";

    private static string Method(int rows, int depth, int columns, bool transposed, bool adds) =>
        $"{(adds ? "Add" : "Set")}{rows}x{depth}x{columns}{(transposed ? "Transposed" : "Straight")}";
}
