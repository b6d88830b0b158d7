using System;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>One product of a sum by its buffers. The left one is taken as it lies.</summary>
internal sealed record ProductSide(string Left, bool Transposed, string Right, bool RightIsWeights, Extent Depth)
{
    public static ProductSide Of((Expr Node, bool Transposed) left, Func<Expr, bool, string> held, string right, bool rightIsWeights, Extent depth)
    {
        var lies = Stored.BothWays(left.Node) ? left.Transposed : Stored.AsTranspose(left.Node);
        return new ProductSide(held(left.Node, lies), lies != left.Transposed, right, rightIsWeights, depth);
    }
}
