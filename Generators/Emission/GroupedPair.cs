using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes C = A B + Aᵀ D, group of rows by group of rows of A, so that it begins as soon as the first of them is there. Row i gives all of A B in row i, and to
/// every row of Aᵀ D, which are sums in registers, what it has for them. Where a row is a vector both halves need the same broadcasts.
/// </summary>
internal sealed class GroupedPair(CodeWriter code, Grouping grouping, GroupedMatrices matrices, bool toRows)
{
    public void Write()
    {
        var (lanes, size, rows) = (grouping.Dialect.Lanes, grouping.Size, grouping.Rows);
        matrices.Lies("b", interleaved: true);
        var right = matrices.Repeated("b");
        var sums = Enumerable.Range(0, grouping.Vectors).Select(v => $"g{v}").ToList();
        code.Line($"V {string.Join(", ", sums.Select(g => $"{g} = V.Zero"))};");
        code.Line($"{grouping.Dialect.Scalar}* q = d, t = c;");
        code.Block($"for (var v = 0; v < {grouping.Vectors}; v++, a += {lanes}, q += {lanes}, t += {lanes}{(rows > 1 ? $", rows += {lanes}" : "")})", () =>
        {
            code.Line($"V own = {grouping.Dialect.Load("q")}, x, y;");
            var second = Enumerable.Range(0, rows).Select(row => grouping.Repeat("own", row)).ToList();
            if (rows > 1) code.Line($"V {string.Join(", ", second.Select((value, row) => $"q{row} = {value}"))};");
            var straight = grouping.LeftAt("a", 0);
            for (var k = 0; k < size; k++)
            {
                // Two chains that take turns, as a multiply-add waits for the one before it.
                var (from, sum) = (k / 2 + (k % 2) * size / 2, k % 2 == 0 ? "x" : "y");
                code.Line($"V a{from} = {straight[from]};");
                code.Line($"{sum} = {(k < 2 ? $"a{from} * {right[from]}" : $"FusedMultiplyAdd({right[from]}, a{from}, {sum})")};");
                if (rows == 1) code.Line($"g{from} = FusedMultiplyAdd(own, a{from}, g{from});");
            }

            if (rows > 1)
                for (var row = 0; row < rows; row++)
                    for (var v = 0; v < grouping.Vectors; v++)
                        code.Line($"g{v} = FusedMultiplyAdd(q{row}, {grouping.TransposedLeftAt("rows", v)[row]}, g{v});");
            code.Line($"{grouping.Dialect.Load("t")} = x + y;");
        });
        for (var v = 0; v < sums.Count; v++)
        {
            var place = grouping.Dialect.Load(v == 0 ? "c" : $"c + {v * lanes}");
            var value = $"{sums[v]} + {place}";
            code.Line($"{place} = {(toRows ? grouping.Separate(value) : value)};");
        }
    }
}
