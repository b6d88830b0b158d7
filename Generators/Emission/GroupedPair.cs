using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes C = A B + Aᵀ D, group of rows by group of rows of A, so that it begins as soon as the first of them is there. Row i gives all of A B in row i, and to
/// every row of Aᵀ D, which are sums in registers, what it has for them. Where a row is a vector both halves need the same broadcasts.
/// </summary>
internal sealed class GroupedPair(CodeWriter code, Grouping grouping, GroupedMatrices matrices, GroupedMethod method)
{
    public void Write()
    {
        var (lanes, rows) = (grouping.Dialect.Lanes, grouping.Rows);
        matrices.Lies("b", interleaved: true);
        var right = matrices.Repeated("b");
        var sums = Enumerable.Range(0, grouping.Vectors).Select(v => $"g{v}").ToList();
        code.Line($"V {string.Join(", ", sums.Select(g => $"{g} = V.Zero"))};");
        code.Line($"{grouping.Dialect.Scalar}* q = d, t = c;");
        code.Block($"for (var v = 0; v < {grouping.Vectors}; v++, a += {lanes}, q += {lanes}, t += {lanes}{(rows > 1 ? $", rows += {lanes}" : "")})", () => WriteRows(right));
        for (var v = 0; v < sums.Count; v++)
        {
            var place = grouping.Load("c", v);
            var value = $"{sums[v]} + {place}";
            code.Line($"{place} = {(method.ToRows ? grouping.Separate(value) : value)};");
        }
    }

    // Those of one vector, of the matrices that begin here.
    private void WriteRows(IReadOnlyList<string> right)
    {
        var (size, rows) = (grouping.Size, grouping.Rows);
        // Two chains that take turns, as a multiply-add waits for the one before it.
        var chains = new[] { "x0", "y0" };
        code.Line($"V own0 = {grouping.Load("q", 0)}, {string.Join(", ", chains)};");
        var second = Enumerable.Range(0, rows).Select(row => grouping.Repeat("own0", row)).ToList();
        if (rows > 1) code.Line($"V {string.Join(", ", second.Select((value, row) => $"q{row} = {value}"))};");
        var straight = grouping.LeftAt("a", 0);
        for (var k = 0; k < size; k++)
        {
            var (from, sum) = (k / chains.Length + k % chains.Length * size / 2, chains[k % chains.Length]);
            var left = $"a0_{from}";
            code.Line($"V {left} = {straight[from]};");
            code.Line($"{sum} = {(k < chains.Length ? $"{left} * {right[from]}" : $"FusedMultiplyAdd({right[from]}, {left}, {sum})")};");
            if (rows == 1) code.Line($"g{from} = FusedMultiplyAdd({left}, own0, g{from});");
        }

        if (rows > 1)
            for (var row = 0; row < rows; row++)
                for (var v = 0; v < grouping.Vectors; v++)
                    code.Line($"g{v} = FusedMultiplyAdd(q{row}, {grouping.TransposedLeftAt("rows", v)[row]}, g{v});");
        code.Line($"{grouping.Load("t", 0)} = {string.Join(" + ", chains)};");
    }
}
