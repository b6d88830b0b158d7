using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Among all X that explain the maps as well as an answer does, the one that agrees with what is known of X: a sign, or for one head an isometry
/// of W. docs/output.md (O9)–(O11).
/// </summary>
internal static class Alignment
{
    /// <summary>The answer turned to the known columns and the front end; as it is where nothing of the kind is known.</summary>
    public static Estimate Aligned(Problem problem, Estimate estimate)
    {
        var anchors = Anchor.Of(problem);
        return anchors.IsEmpty || estimate.Tokens.IsSome || !estimate.States.AllFinite() ? estimate
            : estimate with { States = Turned(problem, anchors, estimate.States) };
    }

    private static Matrix Turned(Problem problem, Seq<Anchor> anchors, Matrix x)
    {
        var turned = Naming.OneForm(problem) ? Isometry(problem, anchors, x) : None;
        return Seq(Some(x), turned, Naming.MirroredByMaps(problem, x)).Somes().OrderBy(candidate => anchors.Sum(anchor => anchor.Misfit(candidate))).First();
    }

    private static Option<Matrix> Isometry(Problem problem, Seq<Anchor> anchors, Matrix x)
    {
        var w = problem.Layer.Heads[0].Product;
        if (!IsometryAlgebra.FullRowRank(w)) return None;
        return CongruenceSymmetric.Applies(w)
            ? Some(Reflections.Turn(w, problem.Known, x))
            : Cosquare.Of(w).ToOption().Map(cosquare => IsometryChoice.Nearest(cosquare, x, anchors)).Filter(turned => turned.AllFinite());
    }
}
