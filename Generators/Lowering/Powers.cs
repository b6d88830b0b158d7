using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// An elementwise formula by powers of a softmax P: Σ factor · Pᵏ ∘ Weight. Where P is E over its column's sum, the formula's column sums are those of Eᵏ ∘ Weight,
/// which can be made beside the sum itself.
/// </summary>
/// <param name="Terms">Their sum is the formula.</param>
internal sealed record Powers(IReadOnlyList<Powers.Term> Terms)
{
    private const int Highest = 2;

    /// <param name="Power">k.</param>
    /// <param name="Factor">A number.</param>
    /// <param name="Weight">Null where it is one in every entry.</param>
    internal sealed record Term(int Power, double Factor, Expr? Weight);

    /// <summary>Null where the formula is of a higher power, or of none with no weight to sum.</summary>
    public static Powers? Of(Expr e, Softmax p) =>
        TermsOf(e, p).ToList() is var terms && terms.All(t => t.Power <= Highest && (t.Power > 0 || t.Weight is not null)) ? new(terms) : null;

    private static IEnumerable<Term> TermsOf(Expr e, Softmax p) => e switch
    {
        _ when e.Equals(p) => [new(1, 1, null)],
        Visible(var a) => TermsOf(a, p),
        Scaled s => TermsOf(s.A, p).Select(t => t with { Factor = s.Factor * t.Factor }),
        Sum(var a, var b) => TermsOf(a, p).Concat(TermsOf(b, p)),
        Hadamard(var a, var b) => from x in TermsOf(a, p) from y in TermsOf(b, p) select new Term(x.Power + y.Power, x.Factor * y.Factor, Times(x.Weight, y.Weight)),
        _ => [new(0, 1, e)],
    };

    private static Expr? Times(Expr? a, Expr? b) => a is null ? b : b is null ? a : new Hadamard(a, b);
}
