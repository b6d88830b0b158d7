using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>The name of what a nullity leaves free.</summary>
internal static class Naming
{
    /// <summary>
    /// Whether −X explains whatever X does: only biases that the observation shows, the values themselves, a known column or a front end's offset tell
    /// them apart.
    /// </summary>
    public static bool Even(Problem problem) =>
        EvenMaps(problem)
        && problem.Known.ForAll((_, column) => column.ForAll(v => v == 0))
        && problem.FrontEnd.ForAll(end => end.Offset.MaxNorm() == 0);

    /// <summary>Whether the observation by itself is the same for −X.</summary>
    public static bool EvenMaps(Problem problem) =>
        problem.Observation != Observation.Output && problem.Output.IsNone
        && problem.Layer.Heads.ForAll(head =>
            head.QueryBias.IsNone && (head.KeyBias.IsNone || problem.Observation == Observation.Attention));

    public static Symmetry Of(Problem problem, int nullity) =>
        nullity == 0 ? Even(problem) ? Symmetry.Sign : Symmetry.Unique
        : !OneForm(problem) ? Symmetry.Subspace(nullity)
        : Isometries(problem, problem.Layer.Heads[0].Product, nullity);

    // Isometries of W are symmetries only where W alone makes the scores.
    public static bool OneForm(Problem problem) =>
        problem.Layer.Heads.Count == 1 && problem.Layer.Rotary.IsNone && EvenMaps(problem);

    private static Symmetry Isometries(Problem problem, Matrix w, int nullity)
    {
        if (!Regular(w)) return Symmetry.Subspace(nullity);
        var known = KnownSpan.Rank(problem);
        if (!CongruenceSymmetric.Applies(w))
            return nullity == w.Rows / 2 || known > 0 && nullity < w.Rows / 2 ? Symmetry.Torus(nullity) : Symmetry.Subspace(nullity);
        // Those that leave r known columns in place act on the d − r dimensions orthogonal to them.
        var (rest, left) = (KnownSpan.Complement(problem, w), w.Rows - known);
        var values = CongruenceSymmetric.Eigenvalues(problem.Layer.Scale * (rest.Transpose() * w * rest));
        return nullity == left * (left - 1) / 2
            ? Symmetry.Orthogonal(values.Count(v => v > 0), values.Count(v => v < 0))
            : Symmetry.Subspace(nullity);
    }

    private static bool Regular(Matrix w) => IsometryAlgebra.FullRowRank(w);
}
