using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>Writes products of grouped matrices of eight rows, which are too long to be written wherever they are needed.</summary>
internal sealed class GroupedProductsEmitter(CodeWriter code, Grouping grouping)
{
    public static string Class(Grouping grouping) => $"GroupedProducts{grouping.Dialect.Name}";

    public void Write(IEnumerable<GroupedMethod> methods)
    {
        code.Line($"/// <summary>Products of {grouping.Size}×{grouping.Size} matrices, {grouping.Rows} rows a vector.</summary>");
        code.Block($"internal static unsafe class {Class(grouping)}", () =>
        {
            foreach (var method in methods)
            {
                code.Line($"/// <summary>{Formula(method)}.</summary>");
                code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
                code.Block($"public static void {method.Name}({string.Join(", ", Parameters(method).Select(p => $"{grouping.Dialect.Scalar}* {p}"))})", () => WriteBody(method));
            }
        });
    }

    private static string Formula(GroupedMethod method) => (method.Adds ? "C = S + " : "C = ") + method.Kind switch
    {
        GroupedKind.Straight => "A B",
        GroupedKind.Transposed => "Aᵀ B",
        GroupedKind.Twice => "Aᵀ B, E = Aᵀ D",
        _ => "A B + Aᵀ D, where the rows of A are given too",
    };

    private static IEnumerable<string> Parameters(GroupedMethod method) => method switch
    {
        { Kind: GroupedKind.Twice } => ["a", "b", "d", "c", "e"],
        { Kind: GroupedKind.Pair } => ["a", "rows", "b", "d", "c"],
        { Adds: true } => ["a", "b", "s", "c"],
        _ => ["a", "b", "c"],
    };

    private void WriteBody(GroupedMethod method)
    {
        var matrices = new GroupedMatrices(code, grouping);
        foreach (var name in new[] { "b", "d" }) matrices.Lies(name, interleaved: !method.RightInRows);
        matrices.Lies("s", interleaved: true);
        var start = method.Adds ? matrices.Vectors("s") : null;
        for (var v = 0; v < grouping.Vectors; v++)
        {
            var straight = grouping.LeftAt("a", v);
            var turned = grouping.TransposedLeftAt(method.Kind == GroupedKind.Pair ? "rows" : "a", v);
            switch (method.Kind)
            {
                case GroupedKind.Twice:
                    code.Line($"V {string.Join(", ", turned.Select((left, k) => $"a{v}{k} = {left}"))};");
                    var left = turned.Select((_, k) => $"a{v}{k}").ToList();
                    code.Line($"V c{v} = {Sum(left, "b")}, e{v} = {Sum(left, "d")};");
                    matrices.Store("c", v, $"c{v}");
                    matrices.Store("e", v, $"e{v}");
                    continue;
                case GroupedKind.Pair:
                    code.Line($"V c{v} = {GroupedProduct.Sum(grouping, [.. GroupedProduct.Factors(straight, matrices.Repeated("b")), .. GroupedProduct.Factors(turned, matrices.Repeated("d"))])};");
                    break;
                default:
                    code.Line($"V c{v} = {GroupedProduct.Sum(grouping, GroupedProduct.Factors(method.Kind == GroupedKind.Straight ? straight : turned, matrices.Repeated("b")), start?[v])};");
                    break;
            }

            matrices.Store("c", v, method.ToRows ? grouping.Separate($"c{v}") : $"c{v}");
        }

        string Sum(IReadOnlyList<string> left, string right) => GroupedProduct.Sum(grouping, GroupedProduct.Factors(left, matrices.Repeated(right)));
    }
}
