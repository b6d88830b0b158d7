using System;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes C (+)= A B for one register tile: one local per accumulator, literal offsets, the inner loop unrolled a few steps and kept as a loop.
/// A is read by broadcasts, so its transposed form costs nothing; B and C are read and written by whole vectors.
/// </summary>
internal sealed class Tile(CodeWriter code, Dialect dialect, ProductGeometry geometry, int rows, int vectors)
{
    public void Write()
    {
        code.Line($"{dialect.Scalar}* a = left + {(geometry.LeftTransposed ? "i" : Times("i", geometry.LeftStride))}, b = right + j, c = target + {Times("i", geometry.Stride)} + j;");
        for (var r = 0; r < rows; r++)
            code.Line($"V {string.Join(", ", Enumerable.Range(0, vectors).Select(v => $"c{r}{v} = add ? {dialect.Load(At("c", r, v))} : {dialect.Zero}"))};");
        var depth = geometry.Depth;
        if (geometry.IsWhole)
        {
            Steps(geometry.StepsWritten, advance: false);
        }
        else
        {
            code.Line("nint k = 0;");
            code.Block($"for (; k + {geometry.StepsWritten} <= {depth}; k += {geometry.StepsWritten})", () => Steps(geometry.StepsWritten, advance: true));
            if (geometry.HasRemainder) code.Block($"for (; k < {depth}; k++)", () => Steps(1, advance: true));
        }

        for (var r = 0; r < rows; r++)
            code.Line(string.Join(" ", Enumerable.Range(0, vectors).Select(v => $"{dialect.Load(At("c", r, v))} = c{r}{v};")));
    }

    private void Steps(int unroll, bool advance)
    {
        for (var k = 0; k < unroll; k++)
        {
            var step = k;
            var inline = unroll == 1 ? "" : step.ToString();
            code.Line($"V {string.Join(", ", Enumerable.Range(0, vectors).Select(v => $"b{inline}{Letter(v)} = {dialect.Load($"b + {Offset(Times(step, geometry.Stride), v * dialect.Lanes)}")}"))};");
            for (var r = 0; r < rows; r++)
            {
                var row = r;
                var cell = geometry.LeftTransposed ? Offset(Times(step, geometry.LeftStride), row) : Offset(Times(row, geometry.LeftStride), step);
                code.Line($"V a{inline}{Letter(row)} = {dialect.Create($"a[{cell}]")};");
                code.Line(string.Join(" ", Enumerable.Range(0, vectors).Select(v =>
                    $"c{row}{v} = {dialect.MultiplyAdd($"a{inline}{Letter(row)}", $"b{inline}{Letter(v)}", $"c{row}{v}")};")));
            }
        }

        if (!advance) return;
        code.Line($"a += {(geometry.LeftTransposed ? Times(unroll, geometry.LeftStride) : unroll.ToString())};");
        code.Line($"b += {Times(unroll, geometry.Stride)};");
    }

    private string At(string pointer, int row, int vector) => $"{pointer} + {Offset(Times(row, geometry.Stride), vector * dialect.Lanes)}";

    private static string Offset(string a, int b) => (a, b) switch
    {
        ("0", _) => b.ToString(),
        (_, 0) => a,
        _ when int.TryParse(a, out var literal) => (literal + b).ToString(),
        _ => $"{a} + {b}",
    };

    private static string Times(int a, string b) => a == 0 ? "0" : int.TryParse(b, out var literal) ? (a * literal).ToString() : a == 1 ? b : $"{a} * {b}";

    private static string Times(string a, string b) => $"{a} * {b}";

    private static string Letter(int index) => ((char)('a' + index)).ToString();
}
