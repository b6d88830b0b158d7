namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The equation EᵀW + WE = M for a fixed W: singular along the isometries of W, so only some M can be met.
/// docs/closed-form.md (C14).
/// </summary>
internal abstract class TransposeSylvester
{
    /// <summary>An A with AᵀWA = K: the same eigenvectors answer both equations.</summary>
    public abstract Fin<Matrix> Congruence(Matrix k);

    /// <summary>An E that meets M as far as any can, spending nothing on the isometries.</summary>
    public abstract Matrix Solve(Matrix m);

    /// <summary>
    /// The nearest RᵀMR to <paramref name="core"/>, in the Frobenius norm, whose M can be met: (C17).
    /// </summary>
    public abstract Matrix Project(Matrix core, Matrix r);

    public static Fin<TransposeSylvester> Of(Matrix w) =>
        CongruenceSymmetric.Applies(w)
            ? new SymmetricSylvester(w)
            : Cosquare.Of(w).Map(cosquare => (TransposeSylvester)new CosquareSylvester(cosquare));
}

/// <summary>For W = Wᵀ an M can be met when it is symmetric, and E = ½W⁻¹M does it.</summary>
internal sealed class SymmetricSylvester(Matrix w) : TransposeSylvester
{
    public override Fin<Matrix> Congruence(Matrix k) => CongruenceSymmetric.Solve(w, k);

    public override Matrix Solve(Matrix m) => w.Solve(0.25 * (m + m.Transpose()));

    public override Matrix Project(Matrix core, Matrix r) => 0.5 * (core + core.Transpose());
}
