using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>A product of grouped matrices that is a method of its own.</summary>
/// <param name="LeftTransposed">C = Aᵀ B, where A lies row after row; else A lies interleaved.</param>
/// <param name="RightInRows">Whether B lies row after row, as what is given does; else interleaved, as what is computed does.</param>
/// <param name="Accumulates">Whether the product is added to C.</param>
internal sealed record GroupedMethod(bool LeftTransposed, bool RightInRows, bool Accumulates)
{
    public string Name => $"{(Accumulates ? "Add" : "Multiply")}{(LeftTransposed ? "Transposed" : "")}{(RightInRows ? "ByRows" : "")}";
}

/// <summary>Writes products of grouped matrices of eight rows, too long to be written wherever they are needed.</summary>
internal sealed class GroupedProductsEmitter(CodeWriter code, Grouping grouping)
{
    public const string Pair = "Pair";

    public static string Class(Grouping grouping) => $"GroupedProducts{grouping.Size}{grouping.Dialect.Name}";

    public void Write(IEnumerable<GroupedMethod> methods)
    {
        code.Line($"/// <summary>Products of {grouping.Size}×{grouping.Size} matrices, {grouping.Rows} rows a vector. C is left interleaved.</summary>");
        code.Block($"internal static unsafe class {Class(grouping)}", () =>
        {
            foreach (var method in methods) WriteProduct(method);
            WritePair();
        });
    }

    private void WriteProduct(GroupedMethod method)
    {
        var t = grouping.Dialect.Scalar;
        code.Line($"/// <summary>C {(method.Accumulates ? "+" : "")}= {(method.LeftTransposed ? "Aᵀ" : "A")} B.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Block($"public static void {method.Name}({t}* a, {t}* b, {t}* c)", () =>
        {
            var matrices = new GroupedMatrices(code, grouping);
            matrices.Lies("b", !method.RightInRows);
            matrices.Lies("c", interleaved: true);
            var (right, start) = (matrices.Repeated("b"), method.Accumulates ? matrices.Vectors("c") : null);
            matrices.Store("c", [.. Vectors().Select(v => GroupedProduct.Sum(grouping, Factors("a", method.LeftTransposed, v, right), start?[v]))]);
        });
    }

    private void WritePair()
    {
        var t = grouping.Dialect.Scalar;
        code.Line("/// <summary>C = A B + Aᵀ D, where A lies interleaved and, for its transpose, once more row after row.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Block($"public static void {Pair}({t}* a, {t}* rows, {t}* b, {t}* d, {t}* c)", () =>
        {
            var matrices = new GroupedMatrices(code, grouping);
            matrices.Lies("b", interleaved: true);
            matrices.Lies("d", interleaved: true);
            var (straight, turned) = (matrices.Repeated("b"), matrices.Repeated("d"));
            matrices.Store("c", [.. Vectors().Select(v => GroupedProduct.Sum(grouping, [.. Factors("a", false, v, straight), .. Factors("rows", true, v, turned)]))]);
        });
    }

    private IEnumerable<int> Vectors() => Enumerable.Range(0, grouping.Vectors);

    private IEnumerable<(string Left, string Right)> Factors(string left, bool transposed, int vector, IReadOnlyList<string> right) => Enumerable.Range(0, grouping.Size).Select(k =>
        (grouping.Broadcast(left, transposed ? k * grouping.Size + vector * grouping.Rows : vector * grouping.Dialect.Lanes + k * grouping.Rows), right[k]));
}
