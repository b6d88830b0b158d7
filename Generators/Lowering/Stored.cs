using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// How matrices are held. What is computed has one token a row: states and queries as n×d and n×h, maps as their transposes, one key a row.
/// Then the right factor of every product stands ready row by row, the left one is read by broadcasts and costs nothing either way, and
/// sums over keys run down columns, without ever crossing lanes. X and directions stay as they come, d×n.
/// </summary>
public static class Stored
{
    /// <summary>Whether the buffer of a node holds its transpose.</summary>
    public static bool AsTranspose(Expr e) => e switch
    {
        Symbol { DependsOn: Role.Point or Role.Direction } => false,
        _ => e.Shape.Columns == Extent.N && e.Shape.Rows != Extent.One,
    };

    /// <summary>Whether both orientations stand ready: weights are laid out when they are bound.</summary>
    public static bool BothWays(Expr e) => e is Symbol { DependsOn: Role.Constant } && e.Shape.Columns != Extent.N && e.Shape.Columns != Extent.One;

    /// <summary>The name of the buffer that holds a node as it is or transposed.</summary>
    public static string Name(string name, bool transposed) =>
        !transposed ? name : name == "Bt" ? "B" : name + "t";

    /// <summary>The shape of a node's buffer.</summary>
    public static Shape ShapeOf(Expr e, bool transposed) => transposed ? e.Shape.Flipped : e.Shape;
}
