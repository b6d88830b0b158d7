using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes C (+)= A B for one register tile: one local per sum, the inner loop unrolled a few steps. A is read entry by entry, so its
/// transposed form costs nothing; B and C are read and written by whole vectors.
/// </summary>
internal sealed class Tile(CodeWriter code, Dialect dialect, int rows, int vectors, bool transposed)
{
    public void Write()
    {
        var from = transposed ? dialect.Pitch == 1 ? "i" : $"i * {dialect.Pitch}" : "i * leftStride";
        code.Line($"{dialect.Scalar}* a = left + {from}, b = right, c = target + i * targetStride;");
        for (var r = 0; r < rows; r++)
            code.Line($"V {Each(v => $"c{r}{v} = shape.Accumulates ? {dialect.Load(Cell(r, v))} : {dialect.Zero}")};");
        code.Line("nint k = 0;");
        code.Block($"for (; k + {dialect.Unroll} <= depth; k += {dialect.Unroll})", () => Steps(dialect.Unroll));
        code.Block("for (; k < depth; k++)", () => Steps(1));
        for (var r = 0; r < rows; r++)
            code.Line(string.Join(" ", Enumerable.Range(0, vectors).Select(v => $"{dialect.Load(Cell(r, v))} = c{r}{v};")));
    }

    private void Steps(int unroll)
    {
        for (var k = 0; k < unroll; k++)
        {
            var step = unroll == 1 ? "" : k.ToString();
            code.Line($"V {Each(v => $"b{step}{Letter(v)} = {dialect.Load(Sum("b", Times(k, "rightStride"), v * dialect.Lanes))}")};");
            for (var r = 0; r < rows; r++)
            {
                var cell = transposed ? Sum("a", Times(k, "leftStride"), r * dialect.Pitch) : Sum("a", Times(r, "leftStride"), k * dialect.Pitch);
                code.Line($"V a{step}{Letter(r)} = {dialect.Broadcast(cell)};");
                code.Line(string.Join(" ", Enumerable.Range(0, vectors).Select(v => $"c{r}{v} = {dialect.MultiplyAdd($"a{step}{Letter(r)}", $"b{step}{Letter(v)}", $"c{r}{v}")};")));
            }
        }

        code.Line($"a += {(transposed ? Times(unroll, "leftStride") : (unroll * dialect.Pitch).ToString())};");
        code.Line($"b += {Times(unroll, "rightStride")};");
    }

    private string Each(System.Func<int, string> text) => string.Join(", ", Enumerable.Range(0, vectors).Select(text));

    private string Cell(int row, int vector) => Sum("c", Times(row, "targetStride"), vector * dialect.Lanes);

    private static string Sum(string pointer, string stride, int offset) =>
        string.Join(" + ", new List<string> { pointer, stride, offset.ToString() }.Where(part => part != "0"));

    private static string Times(int count, string stride) => count switch { 0 => "0", 1 => stride, _ => $"{count} * {stride}" };

    private static string Letter(int index) => ((char)('a' + index)).ToString();
}
