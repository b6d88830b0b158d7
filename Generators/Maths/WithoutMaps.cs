using System.Collections.Generic;
using System.Linq;
using static Unmask.Generators.Maths.Algebra;

namespace Unmask.Generators.Maths;

/// <summary>
/// The same sum by other brackets, where no map is masked and every map is a sum of products: A (Bᵀ C) with an n×n bracket is (A Bᵀ) C with
/// one of d×d, and terms that end in the same factor share theirs. derivation.md (17).
/// </summary>
public static class WithoutMaps
{
    /// <summary>A d×n sum of products with maps, without them; null where a map is more than a sum of products.</summary>
    public static Expr? Of(Expr root) => Terms(root)?
        .GroupBy(term => term.C)
        .Select(group => T(group.Select(term => T(term.B) * T(term.A)).Aggregate(Plus)) * group.Key) // (A B)ᵀ = Bᵀ Aᵀ: so each factor is read as it is held
        .Aggregate(Plus);

    // The sum as terms A B C of d×n, n×d and d×n.
    private static IReadOnlyList<(Expr A, Expr B, Expr C)>? Terms(Expr e) => e switch
    {
        Sum(var a, var b) when Terms(a) is { } left && Terms(b) is { } right => [.. left, .. right],
        Product(var a, var map) when a.Shape == Shape.States && Factors(map) is { } factors => [.. factors.Select(f => (a, f.B, f.C))],
        _ => null,
    };

    // A map as a sum of B C, n×d and d×n.
    private static IReadOnlyList<(Expr B, Expr C)>? Factors(Expr map) => map switch
    {
        Visible(var a) => Factors(a), // no mask
        Transposed(var a) => Factors(a)?.Select(f => (T(f.C), T(f.B))).ToList(),
        Sum(var a, var b) when Factors(a) is { } left && Factors(b) is { } right => [.. left, .. right],
        Product(var b, var c) when b.Shape == Shape.States.Flipped => [(b, c)],
        _ => null,
    };
}
