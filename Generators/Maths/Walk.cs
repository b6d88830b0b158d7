using System;
using System.Collections.Generic;

namespace Unmask.Generators.Maths;

/// <summary>Orders and rewrites of an expression seen as a graph.</summary>
public static class Walk
{
    public static IReadOnlyList<Expr> Operands(Expr e) => e switch
    {
        Unary u => [u.A],
        Binary b => b.A.Equals(b.B) ? [b.A] : [b.A, b.B],
        _ => [],
    };

    /// <summary>Every distinct node, operands before the nodes that use them.</summary>
    public static IReadOnlyList<Expr> ToRoot(params Expr[] roots)
    {
        var order = new List<Expr>();
        var seen = new HashSet<Expr>();
        foreach (var root in roots) Visit(root);
        return order;

        void Visit(Expr e)
        {
            if (!seen.Add(e)) return;
            foreach (var operand in Operands(e)) Visit(operand);
            order.Add(e);
        }
    }

    /// <summary>Every distinct node, users before the nodes they use.</summary>
    public static IReadOnlyList<Expr> FromRoot(Expr root)
    {
        var order = new List<Expr>(ToRoot(root));
        order.Reverse();
        return order;
    }

    /// <summary>The expression with one symbol replaced, simplified again on the way up.</summary>
    public static Expr Substitute(Expr root, Symbol symbol, Expr by)
    {
        var known = new Dictionary<Expr, Expr>();
        return In(root);

        Expr In(Expr e) => known.TryGetValue(e, out var result) ? result : known[e] = Rebuild(e);

        Expr Rebuild(Expr e) => e switch
        {
            Symbol s => s.Equals(symbol) ? by : s,
            Zero => e,
            Transposed(var a) => Algebra.T(In(a)),
            Scaled s => s.Factor * In(s.A),
            Visible(var a) => Algebra.See(In(a)),
            Centred(var a) => Algebra.Centre(In(a)),
            RowSum(var a) => Algebra.SumRows(In(a)),
            Across(var a) => Algebra.Spread(In(a)),
            Repeated(var a) => Algebra.Repeat(In(a)),
            HeadSum(var a) => Algebra.SumHeads(In(a)),
            Softmax(var a) => new Softmax(In(a)),
            LogSumExp(var a) => new LogSumExp(In(a)),
            Sum(var a, var b) => In(a) + In(b),
            Hadamard(var a, var b) => Algebra.Times(In(a), In(b)),
            Product(var a, var b) => In(a) * In(b),
            Dot(var a, var b) => Algebra.Inner(In(a), In(b)),
            _ => throw new NotSupportedException($"cannot rebuild {e.GetType().Name}"),
        };
    }
}
