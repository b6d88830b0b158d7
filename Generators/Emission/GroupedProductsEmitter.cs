using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>Writes products of grouped matrices that are too long to be written wherever they are needed.</summary>
internal sealed class GroupedProductsEmitter(CodeWriter code, Grouping grouping)
{
    public static string Class(Grouping grouping) => $"GroupedProducts{grouping.Dialect.Name}Of{grouping.Size}";

    public void Write(IEnumerable<GroupedMethod> methods)
    {
        code.Line($"/// <summary>Products of {grouping.Size}×{grouping.Size} matrices, {grouping.Rows} rows a vector.</summary>");
        code.Block($"internal static unsafe class {Class(grouping)}", () =>
        {
            foreach (var method in methods)
            {
                code.Line($"/// <summary>{Formula(method)}.</summary>");
                code.Line("[MethodImpl(AggressiveInlining)]");
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
        if (method.RightInRows && !grouping.RepeatsFromRows) code.Line(grouping.InterleaveOrder);
        if (method.RightInRows) foreach (var order in grouping.RepeatOrders) code.Line(order);
        if (method.ToRows) code.Line(grouping.SeparateOrder);
        var matrices = new GroupedMatrices(code, grouping);
        if (method.Kind == GroupedKind.Pair)
        {
            new GroupedPair(code, grouping, matrices, method).Write();
            return;
        }

        foreach (var name in new[] { "b", "d" }) matrices.Lies(name, interleaved: !method.RightInRows);
        var first = matrices.Repeated("b");
        var second = method.Kind == GroupedKind.Twice ? matrices.Repeated("d") : [];
        code.Block($"for (var v = 0; v < {grouping.Vectors}; v++, {string.Join(", ", Steps(method))})", () =>
        {
            if (method.Kind == GroupedKind.Twice)
            {
                var left = matrices.Locals("a0_", grouping.TransposedLeftAt("a", 0));
                Store("c", Sum(Factors(left, first)));
                Store("e", Sum(Factors(left, second)));
                return;
            }

            Store("c", Sum(Factors(method.Kind == GroupedKind.Straight ? grouping.LeftAt("a", 0) : grouping.TransposedLeftAt("a", 0), first)));
        });

        string Sum(IEnumerable<(string, string)> factors) => GroupedProduct.Sum(grouping, factors, method.Adds ? grouping.Load("s", 0) : null);

        void Store(string name, string value) => code.Line($"{grouping.Load(name, 0)} = {(method.ToRows ? grouping.Separate(value) : value)};");
    }

    private IEnumerable<string> Steps(GroupedMethod method) => Parameters(method).Where(p => p is not ("b" or "d"))
        .Select(p => $"{p} += {(p == "a" && method.Kind is GroupedKind.Transposed or GroupedKind.Twice ? grouping.Rows : grouping.Dialect.Lanes)}");

    private static IEnumerable<(string Left, string Right)> Factors(IReadOnlyList<string> left, IReadOnlyList<string> right) => GroupedProduct.Factors(left, right);
}
