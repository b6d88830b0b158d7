using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Symmetric W: an isometry that takes columns of X to where they are known to be, one after the other, each by a reflection that leaves the ones
/// before in place. docs/output.md (O11).
/// </summary>
internal static class Reflections
{
    // Of the largest entry: a column that is as near as that is where it should be.
    private const double Arrived = 1e-9;

    // What a reflection may lengthen vectors by before another way is looked for: random ones mostly stay below it.
    private const double Long = 100;

    public static Matrix Turn(Matrix w, Map<int, Seq<double>> known, Matrix x)
    {
        var (turned, placed) = (x, Matrix.Create(x.Rows, 0, (_, _) => 0));
        foreach (var (token, column) in known)
        {
            var to = Matrix.Create(x.Rows, 1, (c, _) => column[c]);
            turned = Move(w, turned, token, to, placed);
            placed = Matrix.Create(x.Rows, placed.Columns + 1, (c, k) => k < placed.Columns ? placed[c, k] : column[c]);
        }

        return turned;
    }

    /// <summary>x − 2u⟨u, x⟩/⟨u, u⟩ for every column x: what is orthogonal to u stays, u is turned round.</summary>
    public static Matrix Reflect(Matrix w, Matrix u, Matrix x) => x - 2 / Form(w, u, u) * (u * (u.Transpose() * (w * x)));

    // ⟨from, from⟩ = ⟨to, to⟩: the reflection along from − to. Where that is nearly isotropic, one along what is orthogonal to the placed columns
    // turns from elsewhere before: of those the one by which both together lengthen least.
    private static Matrix Move(Matrix w, Matrix x, int token, Matrix to, Matrix placed)
    {
        var from = Column(x, token);
        var straight = Lengthening(w, from - to, to);
        if (straight <= Long) return Along(w, from - to, to, x);
        var (least, detour) = Directions(w, placed).Fold((straight, Option<Matrix>.None), (best, v) =>
            Lengthening(w, v, v) * Lengthening(w, Reflect(w, v, from) - to, to) is var both && both < best.Item1 ? (both, Some(v)) : best);
        var before = detour.Map(v => Reflect(w, v, x)).IfNone(x);
        return double.IsFinite(least) ? Along(w, Column(before, token) - to, to, before) : x;
    }

    private static Matrix Along(Matrix w, Matrix u, Matrix to, Matrix x) => Vanishes(u, to) ? x : Reflect(w, u, x);

    // ‖W‖ ‖u‖² / |⟨u, u⟩|; 1 where nothing has to be moved.
    private static double Lengthening(Matrix w, Matrix u, Matrix to) =>
        Vanishes(u, to) ? 1 : w.MaxNorm() * Math.Pow(u.FrobeniusNorm(), 2) / Math.Abs(Form(w, u, u));

    private static bool Vanishes(Matrix u, Matrix to) => u.MaxNorm() <= Arrived * to.MaxNorm();

    // Orthogonal to the placed columns and to each other, in the form.
    private static Seq<Matrix> Directions(Matrix w, Matrix placed)
    {
        var rest = KnownSpan.Complement(placed.ColumnsAt(KnownSpan.Basis(placed)), w);
        var directions = rest * CongruenceSymmetric.EigenVectors(rest.Transpose() * (w * rest));
        return toSeq(Enumerable.Range(0, directions.Columns)).Map(k => Column(directions, k));
    }

    private static double Form(Matrix w, Matrix a, Matrix b) => (a.Transpose() * (w * b))[0, 0];

    private static Matrix Column(Matrix x, int token) => x.ColumnsFrom(token, 1);
}
