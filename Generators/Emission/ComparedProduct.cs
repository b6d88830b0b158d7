using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>A product and the pass after it, where that does no more than take an observation from it and add up half the squares: both may be done at once.</summary>
/// <param name="Observed">What is taken from it.</param>
/// <param name="Target">Where the difference is wanted, or the product itself where it is not.</param>
internal sealed record ComparedProduct(ProductStep Product, Pass Pass, string Observed, string Target)
{
    /// <summary>Whether hidden entries have to be left out of it.</summary>
    public bool IsMasked => Product.Result == Shape.Map;

    /// <summary>Null of any other steps.</summary>
    public static ComparedProduct? Of(KernelProgram program, Step step, Step? next)
    {
        if (step is not ProductStep { Start: Start.Set, PerHead: false, RightIsWeights: false } product || next is not Pass { PerHead: false } pass) return null;
        // Of states, blocks of queries finish only what maps mix for them.
        if (product.Result != Shape.Map && product is not { Depth: Extent.N, Result.Columns: Extent.N }) return null;
        if (pass.Stages[0] is not TotalStage { Factor: 0.5, Formula: Hadamard(var difference, var again) } || !difference.Equals(again)) return null;
        if (Seen(difference) is not Sum(_, Scaled { Factor: -1, A: Symbol })) return null;
        var wanted = pass.Stages.Skip(1).ToList();
        if (wanted.Count > 1 || !wanted.All(stage => stage is MapStage map && Seen(map.Formula).Equals(Seen(difference)))) return null;
        var parameters = PassesEmitter.Parameters(program, pass);
        return parameters[0] == product.Target ? new(product, pass, parameters[1], wanted.OfType<MapStage>().SingleOrDefault()?.Target ?? product.Target) : null;
    }

    private static Expr Seen(Expr e) => e is Visible(var a) ? Seen(a) : e;
}
