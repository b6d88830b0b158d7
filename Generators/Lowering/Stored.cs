using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// How matrices are held. What is computed has one token a row: states and queries as n×d and n×h, maps as their transposes, one key a row.
/// Then the right factor of every product stands ready row by row, the left one is read by broadcasts and costs nothing either way, and
/// sums over keys run down columns, without ever crossing lanes. X and directions stay as they come, d×n, and so is what maps mix, A Pᵀ: its queries are
/// columns like theirs, it is the right factor of what follows, and a query's sums run down its column too.
/// </summary>
public static class Stored
{
    /// <summary>Whether the buffer of a node holds its transpose.</summary>
    public static bool AsTranspose(Expr e) => e switch
    {
        Symbol { DependsOn: Role.Point or Role.Direction } => false,
        _ when IsMixed(e) => false,
        _ => e.Shape.Columns == Extent.N && e.Shape.Rows != Extent.One,
    };

    /// <summary>Whether both orientations stand ready: weights are laid out when they are bound.</summary>
    public static bool BothWays(Expr e) => e is Symbol { DependsOn: Role.Constant } && e.Shape.Columns != Extent.N && e.Shape.Columns != Extent.One;

    /// <summary>The name of the buffer that holds a node as it is or transposed.</summary>
    public static string Name(string name, bool transposed) =>
        transposed ? name + "t" : name;

    /// <summary>The shape of a node's buffer.</summary>
    public static Shape ShapeOf(Expr e, bool transposed) => transposed ? e.Shape.Flipped : e.Shape;

    // Outputs, their residuals, and what these move by.
    private static bool IsMixed(Expr e) => e.Shape == Shape.States && e switch
    {
        Symbol { DependsOn: Role.Constant } => true,
        Product { B: Transposed } p => p.B.Shape == Shape.Map,
        Scaled or HeadSum => IsMixed(((Unary)e).A),
        Sum or Hadamard => e is Binary { A: var a, B: var b } && IsMixed(a) && IsMixed(b),
        _ => false,
    };
}
