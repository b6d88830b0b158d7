using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Transposes a grouped matrix between registers. Where an entry goes is a permutation of the bits of its vector and its lane; every stage of
/// shuffles from two vectors settles one bit of the vector, and the last one the lanes as well. Vectors of 256 bits know no such shuffles but of neighbours
/// within a half, and of halves.
/// </summary>
internal static class GroupedTranspose
{
    /// <summary>The expressions of the transpose's vectors, after writing the stages before the last.</summary>
    public static IReadOnlyList<string> Write(CodeWriter code, Grouping grouping, string name, IReadOnlyList<string> vectors)
    {
        if (grouping.Dialect.Bits < 512) return grouping.AreHalves ? OfHalves(code, grouping, name, vectors) : ByUnpacking(code, grouping, name, vectors);
        var (count, lanes) = (vectors.Count, grouping.Dialect.Lanes);
        var held = Enumerable.Range(0, count).Select(v => Enumerable.Range(0, lanes).Select(lane => Goal(grouping, v, lane)).ToArray()).ToArray();
        for (var bit = 1; ; bit *= 2)
        {
            var (last, values, next) = (bit * 2 == count, new string[count], new (int Vector, int Lane)[count][]);
            for (var v = 0; v < count; v++)
            {
                var (low, high) = (v & ~bit, v | bit);
                var both = held[low].Concat(held[high]).ToList();
                var taken = Enumerable.Range(0, 2 * lanes).Where(i => (both[i].Vector & bit) == (v & bit)).ToList();
                if (last) taken = [.. taken.OrderBy(i => both[i].Lane)];
                var order = $"{name}Order{bit}{(v & bit) / bit}";
                if ((v & ~bit) == 0) code.Line(grouping.Order(order, lane => taken[lane]));
                values[v] = grouping.Permute(vectors[low], vectors[high], order);
                next[v] = [.. taken.Select(i => both[i])];
            }

            if (last) return values;
            var stage = $"{name}{bit}_";
            for (var v = 0; v < count; v++) code.Line($"V {stage}{v} = {values[v]};");
            (vectors, held) = ([.. Enumerable.Range(0, count).Select(v => $"{stage}{v}")], next);
        }
    }

    // Rows that are vectors: entries, and then pairs of them, take turns within halves, which leaves columns in the order of their bits reversed; then halves change places.
    private static IReadOnlyList<string> ByUnpacking(CodeWriter code, Grouping grouping, string name, IReadOnlyList<string> rows)
    {
        var (held, half) = (rows, rows.Count / 2);
        for (var apart = 1; apart < half; apart *= 2)
        {
            var stage = $"{name}{apart}_";
            for (var v = 0; v < rows.Count; v++)
                code.Line($"V {stage}{v} = {grouping.TakeTurns(held[v & ~apart], held[v | apart], apart, high: (v & apart) > 0)};");
            held = [.. Enumerable.Range(0, rows.Count).Select(v => $"{stage}{v}")];
        }

        return [.. Enumerable.Range(0, rows.Count).Select(column => Grouping.Halves(held[Reversed(column % half)], held[Reversed(column % half) + half], high: column >= half))];

        int Reversed(int number) => half == 4 ? (number & 1) << 1 | number >> 1 : number;
    }

    // Two rows a vector, a half each: every other row first, so that entries of neighbours can take turns.
    private static IReadOnlyList<string> OfHalves(CodeWriter code, Grouping grouping, string name, IReadOnlyList<string> vectors)
    {
        code.Line($"V {name}Even = {Grouping.Halves(vectors[0], vectors[1], high: false)}, {name}Odd = {Grouping.Halves(vectors[0], vectors[1], high: true)};");
        return [.. from high in (bool[])[false, true] select $"Avx2.Permute4x64({grouping.TakeTurns($"{name}Even", $"{name}Odd", 1, high)}.AsDouble(), 0xD8).AsSingle()"];
    }

    // Where the entry in a lane belongs once rows and columns have changed places.
    private static (int Vector, int Lane) Goal(Grouping grouping, int vector, int lane)
    {
        var (row, column) = (vector * grouping.Rows + lane % grouping.Rows, lane / grouping.Rows);
        return (column / grouping.Rows, row * grouping.Rows + column % grouping.Rows);
    }
}
