using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes Rᵀ Vᵀ of what is in registers, four rows of four, as (V R)ᵀ: weights that are laid out for it need no broadcasts, and R need not go through memory to be taken column by column.
/// </summary>
internal sealed class GroupedTurned(Grouping grouping, GroupedMatrices matrices)
{
    public void Defer(ProductStep product)
    {
        var rows = new Lazy<IReadOnlyList<string>>(() => Write(product));
        matrices.Defer(product.Target, v => rows.Value[v]);
    }

    private IReadOnlyList<string> Write(ProductStep product)
    {
        var (r, weights) = (matrices.Vectors(product.Left), GroupedPlan.Repeated(Weights(product)));
        var name = product.Target + "Turned";
        matrices.Set(name, Enumerable.Range(0, grouping.Size).Select(row => GroupedProduct.Sum(
            grouping, Enumerable.Range(0, grouping.Size).Select(k => (r[k], grouping.Load(weights, row * grouping.Size + k))))));
        var a = matrices.Vectors(name);
        var pairs = matrices.Locals(name + "Pair", from two in new[] { 0, 2 } from half in new[] { "Low", "High" } select $"Avx.Unpack{half}({a[two]}, {a[two + 1]})");
        return [.. Enumerable.Range(0, grouping.Size).Select(row => Grouping.Halves(pairs[row % 2], pairs[2 + row % 2], high: row > 1))];
    }

    /// <summary>The weights whose transpose is the right factor: V for Vᵀ, both being given.</summary>
    public static string Weights(ProductStep product) => product.Right.EndsWith("t") ? product.Right.Substring(0, product.Right.Length - 1) : Stored.Name(product.Right, true);
}
