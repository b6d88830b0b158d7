using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes products whose three extents are 4 or 8 in full, one expression a row: at these sizes loops over the depth and the checks of a general
/// product cost as much as the arithmetic.
/// </summary>
internal static class SmallProductsEmitter
{
    private static readonly bool[] Both = [false, true];

    /// <summary>The extents that they come in.</summary>
    public static IReadOnlyList<int> Extents { get; } = [4, 8];

    /// <summary>The widths that they are written in: that of a row.</summary>
    public static IEnumerable<Dialect> Dialects => [new("float", 128), new("float", 256), new("double", 256), new("double", 512)];

    /// <summary>The products of one width, shared by all small sizes.</summary>
    public static void Write(CodeWriter code, Dialect dialect)
    {
        code.Line("/// <summary>Products of 4 and 8 in full.</summary>");
        code.Block($"public static unsafe class {Class(dialect)}", () =>
        {
            foreach (var columns in Extents.Where(columns => columns == dialect.Lanes))
                foreach (var rows in Extents)
                    foreach (var depth in Extents)
                        foreach (var transposed in Both)
                            WriteProduct(code, dialect, rows, depth, columns, transposed);
            foreach (var columns in Extents.Where(columns => columns == dialect.Lanes))
                foreach (var rows in Extents)
                    foreach (var depth in Extents)
                        WritePair(code, dialect, rows, depth, columns);
        });
    }

    /// <summary>In what width a row of so many columns is multiplied: its own, or that of vectors where these are narrower.</summary>
    public static Dialect Serving(Dialect dialect, int columns) => dialect with { Bits = System.Math.Min(dialect.Bits, columns * dialect.Bytes * 8) };

    /// <summary>The name of C = A B or Aᵀ B.</summary>
    public static string Method(Dialect dialect, int rows, int depth, int columns, bool transposed) => $"{Class(dialect)}.{Method(rows, depth, columns, transposed)}";

    /// <summary>The name of C = A B + Dᵀ E.</summary>
    public static string PairMethod(Dialect dialect, int rows, int depth, int columns) => $"{Class(dialect)}.{PairMethod(rows, depth, columns)}";

    private static void WriteProduct(CodeWriter code, Dialect dialect, int rows, int depth, int columns, bool transposed)
    {
        var (t, vectors) = (dialect.Scalar, columns / dialect.Lanes);
        code.Line($"/// <summary>C = {(transposed ? "Aᵀ" : "A")} B, {rows}x{depth} · {depth}x{columns}: {rows * depth * vectors} multiply-adds.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block($"public static void {Method(rows, depth, columns, transposed)}({t}* a, {t}* b, {t}* c)", () =>
        {
            WriteRows(code, dialect, "b", depth, columns);
            void Write(int i)
            {
                for (var p = 0; p < vectors; p++)
                    code.Line($"{dialect.Load($"c + {i * columns + p * dialect.Lanes}")} = {Row("", i, p, rows, depth, transposed, "b")};");
            }

            if (IsLong(rows)) code.Block($"for (var i = 0; i < {rows}; i++, a += {(transposed ? 1 : depth)}, c += {columns})", () => Write(0));
            else for (var i = 0; i < rows; i++) Write(i);
        });
    }

    private static void WritePair(CodeWriter code, Dialect dialect, int rows, int depth, int columns)
    {
        var (t, vectors) = (dialect.Scalar, columns / dialect.Lanes);
        code.Line($"/// <summary>C = A B + Dᵀ E, {rows}x{depth} · {depth}x{columns} each: {2 * rows * depth * vectors} multiply-adds.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block($"public static void {PairMethod(rows, depth, columns)}({t}* a, {t}* b, {t}* d, {t}* e, {t}* c)", () =>
        {
            WriteRows(code, dialect, "b", depth, columns);
            WriteRows(code, dialect, "e", depth, columns);
            void Write(int i)
            {
                for (var p = 0; p < vectors; p++)
                    code.Line($"{dialect.Load($"c + {i * columns + p * dialect.Lanes}")} = {Row("", i, p, rows, depth, false, "b")} + {Row("", i, p, rows, depth, true, "e", "d")};");
            }

            if (IsLong(rows)) code.Block($"for (var i = 0; i < {rows}; i++, a += {depth}, d++, c += {columns})", () => Write(0));
            else for (var i = 0; i < rows; i++) Write(i);
        });
    }

    private static void WriteRows(CodeWriter code, Dialect dialect, string name, int depth, int columns)
    {
        for (var k = 0; k < depth; k++)
            code.Line($"V {string.Join(", ", Enumerable.Range(0, columns / dialect.Lanes).Select(p => $"{name}{k}{Half(p)} = {dialect.Load($"{name} + {k * columns + p * dialect.Lanes}")}"))};");
    }

    // The width is that of a machine with wider vectors, so 128 bits are fused here too.
    private static string Row(string sum, int i, int part, int rows, int depth, bool transposed, string name, string left = "a")
    {
        for (var k = 0; k < depth; k++)
        {
            var entry = $"Create({left}[{(transposed ? k * rows + i : i * depth + k)}])";
            sum = sum.Length == 0 ? $"{entry} * {name}{k}{Half(part)}" : $"FusedMultiplyAdd({entry}, {name}{k}{Half(part)}, {sum})";
        }

        return sum;
    }

    // Eight rows in a loop are as fast as eight rows written out, and a fifth of the text.
    private static bool IsLong(int rows) => rows == 8;

    private static string Class(Dialect dialect) => $"SmallProducts{dialect.Name}";

    private static string Half(int part) => part == 0 ? "" : "h";

    private static string Method(int rows, int depth, int columns, bool transposed) => $"Multiply{rows}x{depth}x{columns}{(transposed ? "Transposed" : "Straight")}";

    private static string PairMethod(int rows, int depth, int columns) => $"Pair{rows}x{depth}x{columns}";
}
