using System;
using System.Collections.Generic;
using System.Linq;
using static Unmask.Generators.Maths.Algebra;

namespace Unmask.Generators.Maths;

/// <summary>The calculus: one line per rule, tangent and adjoint. Everything else about derivatives follows from these.</summary>
public static class Derive
{
    /// <summary>The directional derivative of <paramref name="root"/> as <paramref name="point"/> moves along <paramref name="direction"/>.</summary>
    public static Expr Tangent(Expr root, Symbol point, Expr direction)
    {
        var known = new Dictionary<Expr, Expr>();
        return Along(root);

        Expr Along(Expr e) => known.TryGetValue(e, out var t) ? t : known[e] = Rule(e);

        Expr Rule(Expr e) => e switch
        {
            Symbol s => s.Equals(point) ? direction : ZeroOf(s.Shape),
            Zero => e,
            Transposed(var a) => T(Along(a)),
            Scaled s => s.Factor * Along(s.A),
            Visible(var a) => See(Along(a)),
            Centred(var a) => Centre(Along(a)),
            RowSum(Hadamard(Softmax p, var m)) => SumRows(Times(Rate(p), SoftmaxSlope(p, m)) + Times(p, Along(m))), // the sums of dP are zero
            RowSum(var a) => SumRows(Along(a)),
            Across(var a) => Spread(Along(a)),
            Repeated(var a) => Repeat(Along(a)),
            HeadSum(var a) => SumHeads(Along(a)),
            Softmax p => Times(p, Rate(p)),
            LogSumExp(var a) => SumRows(Times(new Softmax(a), Along(a))),
            Sum(var a, var b) => Along(a) + Along(b),
            Hadamard(Softmax p, var b) => Times(Rate(p), e) + Times(p, Along(b)), // what P ∘ b is, is known
            Hadamard(var a, var b) => Times(Along(a), b) + Times(a, Along(b)),
            Product(var a, var b) => Along(a) * b + a * Along(b),
            Dot(var a, var b) when a.Equals(b) => 2.0 * Inner(a, Along(a)),
            Dot(var a, var b) => Inner(Along(a), b) + Inner(a, Along(b)),
            _ => throw new NotSupportedException($"no tangent rule for {e.GetType().Name}"),
        };

        // dP = P ∘ rate
        Expr Rate(Softmax p) => SoftmaxRate(p, Along(p.A));
    }

    /// <summary>The adjoint (transposed Jacobian) of <paramref name="root"/> with respect to <paramref name="point"/>, applied to <paramref name="seed"/>.</summary>
    public static Expr Adjoint(Expr root, Symbol point, Expr seed)
    {
        var bars = new Dictionary<Expr, Expr> { [root] = seed };
        foreach (var e in Walk.FromRoot(root))
        {
            if (!bars.TryGetValue(e, out var bar) || bar is Zero) continue;
            foreach (var (operand, share) in Shares(e, bar))
                bars[operand] = bars.TryGetValue(operand, out var sum) ? sum + share : share;
        }

        // What every head adds to the adjoint of the X that they share.
        return bars.TryGetValue(point, out var result) ? (point.PerHead ? result : SumHeads(result)) : ZeroOf(point.Shape);
    }

    // How the adjoint of a node flows to its operands.
    private static IEnumerable<(Expr Operand, Expr Share)> Shares(Expr e, Expr bar) => e switch
    {
        Symbol or Zero => [],
        Transposed(var a) => [(a, T(bar))],
        Scaled s => [(s.A, s.Factor * bar)],
        Visible(var a) => [(a, See(bar))],
        Centred(var a) => [(a, Centre(bar))],
        RowSum(var a) => [(a, Spread(bar))],
        Across(var a) => [(a, SumRows(bar))],
        Repeated => [], // a bias is known: its adjoint is never wanted
        HeadSum(var a) => [(a, bar)],
        Softmax(var a) => [(a, SoftmaxSlope(e, bar))],
        LogSumExp(var a) => [(a, Times(Spread(bar), new Softmax(a)))],
        Sum(var a, var b) => [(a, bar), (b, bar)],
        Hadamard(var a, var b) => [(a, Times(bar, b)), (b, Times(a, bar))],
        Product(var a, var b) => Depends(a, b, bar),
        Dot(var a, var b) when bar is Zero || (a is Zero && b is Zero) => [],
        Dot(var a, var b) when bar.Equals(One) => a.Equals(b) ? [(a, 2.0 * a)] : [(a, b), (b, a)],
        Dot(var a, var b) when bar is Scaled { A: Symbol } c && c.A.Equals(One) => Shares(e, One).Select(s => (s.Operand, c.Factor * s.Share)),
        _ => throw new NotSupportedException($"no adjoint rule for {e.GetType().Name}"),
    };

    /// <summary>The seed of a scalar's own adjoint.</summary>
    public static Symbol One { get; } = new("1", Shape.Scalar, Role.Constant);

    // The Jacobian of a row softmax is symmetric, diag(p) − ppᵀ, so tangent and adjoint are one rule: derivation.md (8).
    private static Expr SoftmaxSlope(Expr p, Expr t) => Times(p, SoftmaxRate(p, t));

    private static Expr SoftmaxRate(Expr p, Expr t) => t - Spread(SumRows(Times(p, t)));

    // Weights and observations are constants: their adjoints are never wanted and would be d×d products.
    private static IEnumerable<(Expr, Expr)> Depends(Expr a, Expr b, Expr bar)
    {
        if (a.DependsOn != Role.Constant) yield return (a, bar * T(b));
        if (b.DependsOn != Role.Constant) yield return (b, T(a) * bar);
    }
}
