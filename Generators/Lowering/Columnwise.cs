using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>Reading an elementwise formula down to its leaves: stored matrices and column scalars.</summary>
public static class Columnwise
{
    /// <summary>Whether a node is computed entry by entry from its operands.</summary>
    public static bool IsElementwise(Expr e) => e is Sum or Hadamard or Scaled or Visible or Across or Centred or Repeated;

    /// <summary>The nodes at which a formula stops: symbols, and nodes that already stand in the workspace or in a register.</summary>
    public static IEnumerable<Expr> Leaves(Expr formula, ICollection<Expr> known)
    {
        var seen = new HashSet<Expr>();
        return Visit(formula);

        IEnumerable<Expr> Visit(Expr e)
        {
            if (!seen.Add(e)) yield break;
            if (e is Symbol || known.Contains(e))
            {
                yield return e;
                yield break;
            }

            if (e is Centred c) yield return MeanOf(c);
            foreach (var operand in Walk.Operands(e))
                foreach (var leaf in Visit(operand))
                    yield return leaf;
        }
    }

    /// <summary>Whether a formula can be computed from symbols and what is known, and needs no mean.</summary>
    public static bool IsComputable(Expr formula, ICollection<Expr> known) =>
        formula is Symbol || known.Contains(formula) || (IsElementwise(formula) && formula is not Centred && Walk.Operands(formula).All(operand => IsComputable(operand, known)));

    /// <summary>The query scalar that a centred node subtracts, before it is divided by the count.</summary>
    public static RowSum MeanOf(Centred c) => new(c.A);
}
