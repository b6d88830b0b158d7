using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes scores where a row is a vector, as Sᵀ = Xᵀ (Wᵀ X), row after row with those of the products that begin with Xᵀ: each broadcast of X serves them all, and no score waits for
/// what has just been stored, as one of (Xᵀ Wᵀ) X would.
/// </summary>
internal sealed class GroupedScores(CodeWriter code, Grouping grouping, GroupedMatrices matrices)
{
    /// <param name="products">What begins with Xᵀ, (W X)ᵀ first, which goes to memory.</param>
    /// <param name="scores">Sᵀ, whose rows are written when they are asked for, each with those of the products.</param>
    public void Write(IReadOnlyList<ProductStep> products, ProductStep scores)
    {
        var (x, weights) = (matrices.Vectors(scores.Right), GroupedPlan.Repeated(products[0].Right));
        var right = products[0].Right + scores.Right;
        matrices.Set(right, Enumerable.Range(0, grouping.Size).Select(row => GroupedProduct.Sum(
            grouping, Enumerable.Range(0, grouping.Size).Select(k => (x[k], grouping.Load(weights, row * grouping.Size + k))))));
        matrices.Vectors(products[0].Right);
        matrices.DeferDifference(scores.Target, (row, less) => WriteRow(row, products, (scores, right), less));
        foreach (var product in products) matrices.Lies(product.Target, interleaved: true);
    }

    // Scores are waited for and so are made in two chains, the others in one. Of the latter only the first has registers for its right factor.
    private string WriteRow(int row, IReadOnlyList<ProductStep> products, (ProductStep Step, string Right) scores, string? less)
    {
        var left = grouping.TransposedLeftAt(scores.Step.Right, row);
        var halves = new[] { $"{scores.Step.Target}Of{row}", $"{scores.Step.Target}And{row}" };
        for (var k = 0; k < grouping.Size; k++)
        {
            code.Line($"V x{row}_{k} = {left[k]};");
            var first = k % (grouping.Size / 2) == 0;
            Continue(halves[k / (grouping.Size / 2)], first, k, matrices.Vector(scores.Right, k), k == 0 ? less : null);
            foreach (var (product, i) in products.Select((p, i) => (p, i)))
                Continue($"{product.Target}Of{row}", k == 0, k, i == 0 ? matrices.Vector(product.Right, k) : grouping.Load(product.Right, k), null);
        }

        foreach (var product in products) matrices.Store(product.Target, row, $"{product.Target}Of{row}");
        return string.Join(" + ", halves);

        void Continue(string sum, bool first, int k, string right, string? minus) => code.Line((first, minus) switch
        {
            (true, not null) => $"V {sum} = {grouping.Dialect.MultiplySubtract($"x{row}_{k}", right, minus)};",
            (true, _) => $"V {sum} = x{row}_{k} * {right};",
            _ => $"{sum} = FusedMultiplyAdd(x{row}_{k}, {right}, {sum});",
        });
    }
}
