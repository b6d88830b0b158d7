using System.Collections.Generic;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>What a node is as a product or a sum of products, and what its factors are made of.</summary>
internal static class ProductTerms
{
    /// <summary>The products whose sum a node is; null where it is anything else.</summary>
    public static IReadOnlyList<Product>? Of(Expr e) => e switch
    {
        Product p => [p],
        Sum s when Of(s.A) is { } a && Of(s.B) is { } b => [.. a, .. b],
        _ => null,
    };

    /// <summary>C = A B, or Cᵀ = Bᵀ Aᵀ where the transpose is what is held.</summary>
    public static ((Expr Node, bool Transposed) Left, (Expr Node, bool Transposed) Right, Extent Depth) Factors(Product term, bool transposed) => transposed
        ? (Flip(Bare(term.B)), Flip(Bare(term.A)), term.B.Shape.Rows)
        : (Bare(term.A), Bare(term.B), term.A.Shape.Columns);

    private static (Expr Node, bool Transposed) Bare(Expr e) => e is Transposed t ? (t.A, true) : (e, false);

    private static (Expr Node, bool Transposed) Flip((Expr Node, bool Transposed) side) => (side.Node, !side.Transposed);
}
