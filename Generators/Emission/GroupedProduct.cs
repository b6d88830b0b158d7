using System;
using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>Writes the sums of products of grouped matrices.</summary>
internal static class GroupedProduct
{
    /// <summary>
    /// One vector of a product, or of a sum of products: factors (left, right) multiplied and summed, to what is there already if anything is. Half a
    /// row is one chain of multiply-adds; in longer ones they would wait for one another.
    /// </summary>
    public static string Sum(Grouping grouping, IEnumerable<(string Left, string Right)> factors, string? start = null) => Chains([.. factors], grouping.Size / 2, start);

    /// <summary>The same less something.</summary>
    public static string Difference(Grouping grouping, IEnumerable<(string Left, string Right)> factors, string less)
    {
        var all = factors.ToList();
        return Tree([Chain(all.Take(grouping.Size / 2).Skip(1), grouping.Dialect.MultiplySubtract(all[0].Left, all[0].Right, less)), Chain(all.Skip(grouping.Size / 2))]);
    }

    /// <summary>The same where nothing waits for it: in chains of a row there are fewer steps.</summary>
    public static string SumAtLeisure(Grouping grouping, IEnumerable<(string Left, string Right)> factors, string? start = null) => Chains([.. factors], grouping.Size, start);

    /// <summary>The sum of products of vectors, in two chains; of two of them in one.</summary>
    public static string Halves(IReadOnlyList<(string Left, string Right)> factors) => Chains(factors, Math.Max(Math.Min(2, factors.Count), factors.Count / 2));

    private static string Chains(IReadOnlyList<(string Left, string Right)> factors, int length, string? start = null) =>
        Tree([.. Enumerable.Range(0, factors.Count / length).Select(chain => Chain(factors.Skip(chain * length).Take(length), chain == 0 ? start : null))]);

    /// <summary>The same one after the other.</summary>
    public static string Chain(IEnumerable<(string Left, string Right)> factors, string? start = null) =>
        factors.Aggregate(start, (sum, f) => sum is null ? $"{f.Left} * {f.Right}" : $"FusedMultiplyAdd({f.Left}, {f.Right}, {sum})")!;

    /// <summary>The factors of all multiply-adds of a vector.</summary>
    public static IEnumerable<(string Left, string Right)> Factors(IReadOnlyList<string> left, IReadOnlyList<string> right) => left.Select((l, k) => (l, right[k]));

    /// <summary>A sum in pairs.</summary>
    public static string Tree(IReadOnlyList<string> values) => Tree(values, (a, b) => $"({a} + {b})");

    public static string Tree(IReadOnlyList<string> values, Func<string, string, string> join) => values.Count == 1
        ? values[0]
        : join(Tree([.. values.Take(values.Count / 2)], join), Tree([.. values.Skip(values.Count / 2)], join));
}
