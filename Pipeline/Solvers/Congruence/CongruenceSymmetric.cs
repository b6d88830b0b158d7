using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Unmask.Pipeline.Solvers;

/// <summary>AᵀWA = K for symmetric W: both are eigen-decomposed and equal inertia is matched, docs/closed-form.md (C10).</summary>
internal static class CongruenceSymmetric
{
    // W_Q W_Kᵀ of a symmetric product is symmetric to a few roundings.
    private const double Tolerance = 1e-12;

    public static bool Applies(Matrix w) => (w - w.Transpose()).FrobeniusNorm() <= Tolerance * w.FrobeniusNorm();

    /// <summary>Ascending.</summary>
    public static double[] Eigenvalues(Matrix w) => [.. Eigen(w).EigenValues.Select(v => v.Real)];

    /// <summary>One a column, in the order of the eigenvalues.</summary>
    public static Matrix EigenVectors(Matrix w) => Eigen(w).EigenVectors.ToMatrix();

    public static Fin<Matrix> Solve(Matrix w, Matrix k)
    {
        // Ascending eigenvalues: equal inertia puts equal signs in equal places.
        var (ofW, ofK) = (Eigen(w), Eigen(k));
        var (wanted, found) = (ofW.EigenValues.Count(v => v.Real > 0), ofK.EigenValues.Count(v => v.Real > 0));
        if (wanted != found) return Faults.CongruenceInertia(found, wanted);
        var stretch = Matrix<double>.Build.DiagonalOfDiagonalVector(
            (ofK.EigenValues.PointwiseDivide(ofW.EigenValues)).Map(ratio => Math.Sqrt(ratio.Real)));
        var a = ofW.EigenVectors * stretch * ofK.EigenVectors.Transpose();
        return a.ToMatrix().AllFinite() ? a.ToMatrix() : Faults.CongruenceDegenerate("W is singular");
    }

    private static Evd<double> Eigen(Matrix w) =>
        (0.5 * (w + w.Transpose())).ToMathNet().Evd(Symmetricity.Symmetric);
}
