using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// A sum over keys that is one over features as well: rowsum(P ∘ (Rᵀ Y)) = colsum(R ∘ (Y Pᵀ)), derivation.md (8). Y Pᵀ is what R was made from, so the sum is
/// there with R, before the product Rᵀ Y that it is taken from.
/// </summary>
/// <param name="Sum">The sum over keys.</param>
/// <param name="Formula">R ∘ (Y Pᵀ).</param>
internal sealed record MixedSum(RowSum Sum, Expr Formula)
{
    /// <summary>Those of an expression by the R that each can be made with.</summary>
    public static IReadOnlyDictionary<Expr, MixedSum> In(params Expr[] roots)
    {
        var found = new Dictionary<Expr, MixedSum>();
        foreach (var sum in Walk.ToRoot(roots).OfType<RowSum>())
            if (sum.A is Hadamard(Softmax p, Product(Transposed(Sum(var mixed, Scaled) r), var y)) && mixed.Equals(Algebra.Multiply(y, Algebra.T(p))))
                found[r] = new(sum, Algebra.Times(r, mixed));
        return found;
    }
}
