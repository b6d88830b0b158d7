namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Symmetric W: an isometry that takes columns of X to where they are known to be, one after the other, each by a reflection that leaves the ones
/// before in place. docs/output.md (O11).
/// </summary>
internal static class Reflections
{
    // Of ‖u‖²: a shorter ⟨u, u⟩ belongs to a direction that no reflection has.
    private const double Isotropic = 1e-9;

    public static Matrix Turn(Matrix w, Map<int, Seq<double>> known, Matrix x)
    {
        var (turned, first) = (x, true);
        foreach (var (token, column) in known)
        {
            turned = Move(w, turned, Column(turned, token), Matrix.Create(x.Rows, 1, (c, _) => column[c]), first);
            first = false;
        }

        return turned;
    }

    // ⟨from, from⟩ = ⟨to, to⟩: the reflection along from − to. Where that is isotropic and nothing else has to stay, those along from + to and to.
    private static Matrix Move(Matrix w, Matrix x, Matrix from, Matrix to, bool first)
    {
        var (apart, sum) = (from - to, from + to);
        return apart.MaxNorm() <= Isotropic * to.MaxNorm() ? x
            : Reflects(w, apart) ? Reflect(w, apart, x)
            : first && Reflects(w, sum) && Reflects(w, to) ? Reflect(w, to, Reflect(w, sum, x))
            : x;
    }

    private static bool Reflects(Matrix w, Matrix u) =>
        Math.Abs(Form(w, u, u)) > Isotropic * w.MaxNorm() * Math.Pow(u.FrobeniusNorm(), 2);

    // x − 2u⟨u, x⟩/⟨u, u⟩.
    private static Matrix Reflect(Matrix w, Matrix u, Matrix x) => x - 2 / Form(w, u, u) * (u * (u.Transpose() * (w * x)));

    private static double Form(Matrix w, Matrix a, Matrix b) => (a.Transpose() * (w * b))[0, 0];

    private static Matrix Column(Matrix x, int token) => Matrix.Create(x.Rows, 1, (c, _) => x[c, token]);
}
