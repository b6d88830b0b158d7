using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>The name of what a nullity leaves free.</summary>
internal static class Naming
{
    /// <summary>
    /// The other X that explains whatever X does. Mostly it is 2a1ᵀ − X: biases may move its centre a away from zero or leave none; outputs, known
    /// columns and a front end tell the two apart, docs/subspace.md (S6), and so may a norm, <see cref="NormTest"/>. Where known columns leave one
    /// dimension of a symmetric W, it is the reflection of that dimension, docs/output.md (O12).
    /// </summary>
    public static Option<Matrix> Mirrored(Problem problem, Matrix x) => LeavesOneReflection(problem)
        ? Some(LastReflection(problem, problem.Layer.Heads[0].Product, x)).Filter(other => other.AllFinite())
        : MirroredByMaps(problem, x).Filter(other =>
            problem.Known.ForAll((token, _) => Enumerable.Range(0, x.Rows).All(c => other[c, token] == x[c, token]))
            && problem.FrontEnd.ForAll(end => end.Offset.MaxNorm() == 0));

    /// <summary>The same by the observation alone, whatever else is known.</summary>
    public static Option<Matrix> MirroredByMaps(Problem problem, Matrix x) => Centre(problem).Map(centre => (-1 * x).AddToColumns(2 * centre));

    public static Symmetry Of(Problem problem, int nullity) =>
        nullity == 0 ? Pair(problem)
        : !OneForm(problem) ? Symmetry.Subspace(nullity)
        : Isometries(problem, problem.Layer.Heads[0].Product, nullity);

    /// <summary>Whether there are two answers, X and its mirror image, and by what name.</summary>
    public static Symmetry Pair(Problem problem) => LeavesOneReflection(problem)
        ? Symmetry.Reflection
        : Centre(problem).Filter(_ => problem.Known.IsEmpty && problem.FrontEnd.ForAll(end => end.Offset.MaxNorm() == 0))
            .Match(centre => centre.MaxNorm() == 0 ? Symmetry.Sign : Symmetry.Reflection, () => Symmetry.Unique);

    // Infinite where what is left is isotropic, and has none.
    private static Matrix LastReflection(Problem problem, Matrix w, Matrix x) => Reflections.Reflect(w, KnownSpan.Complement(problem, w), x);

    private static bool LeavesOneReflection(Problem problem) =>
        !problem.Known.IsEmpty && problem.FrontEnd.IsNone && OneForm(problem) && KnownSpan.Rank(problem) == problem.Dims.D - 1
        && problem.Layer.Heads[0].Product is var w && CongruenceSymmetric.Applies(w) && Regular(w);

    // Where a mirror image exists: without positions a query bias is a shift of X if the queries' weights reach it, and a key bias is not seen; with
    // positions, or in scores, either shows.
    private static Option<Matrix> Centre(Problem problem)
    {
        var layer = problem.Layer;
        var zero = Matrix.Create(layer.D, 1, (_, _) => 0);
        if (!problem.Observation.IsOfMaps() || problem.Output.IsSome) return None;
        if (layer.Heads.ForAll(head => Absent(head.QueryBias) && Absent(head.KeyBias))) return zero;
        if (layer.Rotary.IsSome || problem.Observation == Observation.Scores) return None;
        if (layer.Heads.ForAll(head => Absent(head.QueryBias))) return zero;
        var unbiased = UnbiasedLayer.Of(layer);
        return unbiased.Layer.Heads.ForAll(head => head.QueryBias.IsNone) ? -1 * unbiased.Shift : Option<Matrix>.None;
    }

    private static bool Absent(Option<Seq<double>> bias) => bias.ForAll(b => b.ForAll(v => v == 0));

    // Isometries of W are symmetries only where W alone makes the scores.
    public static bool OneForm(Problem problem) =>
        problem.Layer.Heads.Count == 1 && problem.Layer.Rotary.IsNone && Centre(problem).Exists(centre => centre.MaxNorm() == 0);

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
