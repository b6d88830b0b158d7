using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// An elementwise formula by powers of some query scalars: F = Rest + Σ factor · (r 1ᵀ) ∘ Weight, where neither Rest nor any weight reads one of them. Its row sums
/// are then those of Rest and of the weights, which need not wait for r.
/// </summary>
/// <param name="Rest">Null where it is zero.</param>
/// <param name="Terms">Their sum is all the rest.</param>
internal sealed record Linear(Expr? Rest, IReadOnlyList<Linear.Term> Terms)
{
    /// <param name="Scalar">r.</param>
    /// <param name="Factor">A number.</param>
    /// <param name="Weight">Null where it is one in every entry.</param>
    internal sealed record Term(Expr Scalar, double Factor, Expr? Weight);

    /// <summary>Null where the formula is of a higher power, or reads them otherwise.</summary>
    public static Linear? Of(Expr e, ICollection<Expr> scalars) => e switch
    {
        Across(var r) when scalars.Contains(r) => new(null, [new(r, 1, null)]),
        _ when !Reads(e, scalars) => new(e, []),
        Visible(var a) => Of(a, scalars),
        Scaled s => Of(s.A, scalars) is { } a ? new(a.Rest is null ? null : new Scaled(s.Factor, a.Rest), [.. a.Terms.Select(t => t with { Factor = s.Factor * t.Factor })]) : null,
        Sum(var a, var b) => Of(a, scalars) is { } x && Of(b, scalars) is { } y ? Plus(x, y) : null,
        Hadamard(var a, var b) when !Reads(a, scalars) => Of(b, scalars)?.Times(a),
        Hadamard(var a, var b) when !Reads(b, scalars) => Of(a, scalars)?.Times(b),
        _ => null,
    };

    private Linear Times(Expr a) =>
        new(Rest is null ? null : new Hadamard(a, Rest), [.. Terms.Select(t => t with { Weight = t.Weight is null ? a : new Hadamard(a, t.Weight) })]);

    private static Linear Plus(Linear x, Linear y) => new(
        x.Rest is null ? y.Rest : y.Rest is null ? x.Rest : new Sum(x.Rest, y.Rest),
        [.. x.Terms.Concat(y.Terms).GroupBy(t => (t.Scalar, t.Factor, Weighs: t.Weight is not null))
            .SelectMany(g => g.Key.Weighs ? [g.Aggregate((t, u) => t with { Weight = new Sum(t.Weight!, u.Weight!) })] : g.ToList())]);

    private static bool Reads(Expr e, ICollection<Expr> scalars) =>
        scalars.Contains(e) || (e is Centred c && scalars.Contains(Columnwise.MeanOf(c))) || Walk.Operands(e).Any(operand => Reads(operand, scalars));
}
