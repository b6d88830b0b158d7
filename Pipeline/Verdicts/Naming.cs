using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>The name of what a nullity leaves free.</summary>
internal static class Naming
{
    /// <summary>
    /// Whether −X explains whatever X does: only biases that the observation shows, outputs, what is known of X, or the values themselves, tell
    /// them apart.
    /// </summary>
    public static bool Even(Problem problem) =>
        problem.Observation != Observation.Output
        && problem.Output.IsNone && problem.Known.IsEmpty && problem.FrontEnd.IsNone
        && problem.Layer.Heads.ForAll(head =>
            head.QueryBias.IsNone && (head.KeyBias.IsNone || problem.Observation == Observation.Attention));

    public static Symmetry Of(Problem problem, int nullity) =>
        nullity == 0 ? Even(problem) ? Symmetry.Sign : Symmetry.Unique
        : !OneForm(problem) ? Symmetry.Subspace(nullity)
        : Isometries(problem.Layer.Heads[0].Product, problem.Layer.Scale, nullity);

    // Isometries of W are symmetries only where W alone makes the scores.
    private static bool OneForm(Problem problem) =>
        problem.Layer.Heads.Count == 1 && problem.Layer.Rotary.IsNone && Even(problem);

    private static Symmetry Isometries(Matrix w, double scale, int nullity)
    {
        var d = w.Rows;
        if (!CongruenceSymmetric.Applies(w))
            return nullity == d / 2 && Regular(w) ? Symmetry.Torus(nullity) : Symmetry.Subspace(nullity);
        var values = CongruenceSymmetric.Eigenvalues(scale * w);
        return nullity == d * (d - 1) / 2 && Regular(w)
            ? Symmetry.Orthogonal(values.Count(v => v > 0), values.Count(v => v < 0))
            : Symmetry.Subspace(nullity);
    }

    private static bool Regular(Matrix w) => IsometryAlgebra.FullRowRank(w);
}
