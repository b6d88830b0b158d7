using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The isometry of W₁₁ between an F L that explains the inner map and the true one. Rows and columns of the map that K speaks in are two linear equations for
/// F M; in the eigenvectors of the cosquare they fall apart, and without F M each leaves one scale dᵢ of the isometry. docs/output.md (O14).
/// </summary>
internal static class FrontEndTurn
{
    /// <summary>F L, turned.</summary>
    public static Matrix Inner(FrontEndFrame frame, Cosquare cosquare, Matrix inner)
    {
        var vectors = cosquare.Spectrum.Vectors;
        var scales = Matrix<Complex>.Build.DiagonalOfDiagonalArray(OnTorus(cosquare, [.. Scales(frame, cosquare, inner)]));
        return (vectors * scales * vectors.LU().Solve(inner.ToComplex())).RealPart();
    }

    // λᵢ(rows − dᵢ rowsKnown) = columns − dᵢ columnsKnown, by least squares over all that is seen from both sides.
    // With each the variance that the contradictions leave it, relative to its square.
    private static IEnumerable<(Complex Value, double Variance)> Scales(FrontEndFrame frame, Cosquare cosquare, Matrix inner)
    {
        var (solver, known) = (HouseholderQr.Of(inner.Transpose()), frame.K * frame.M);
        Matrix<Complex> Turned(Matrix a) => cosquare.Spectrum.Vectors.TransposeThisAndMultiply(a.ToComplex());
        var (rows, columns) = (Turned(solver.Solve(frame.Rows)), Turned(solver.Solve(frame.Columns)));
        var (rowsKnown, columnsKnown) = (Turned(frame.W12 * known), Turned(frame.W21.Transpose() * known));
        var first = frame.Target.Centred ? 1 : 0;
        var count = rows.ColumnCount - first;
        return Enumerable.Range(0, rows.RowCount).Select(i =>
        {
            var value = cosquare.Spectrum.Values[i];
            Vector<Complex> Difference(Matrix<Complex> a, Matrix<Complex> b) => value * a.Row(i, first, count) - b.Row(i, first, count);
            var (left, right) = (Difference(rows, columns), Difference(rowsKnown, columnsKnown));
            var scale = right.ConjugateDotProduct(left) / right.ConjugateDotProduct(right);
            return (scale, Math.Pow((left - scale * right).L2Norm() / (scale.Magnitude * right.L2Norm()), 2));
        });
    }

    // Partner products are one but for the noise: each partner gives in by its share of the variance.
    private static Complex[] OnTorus(Cosquare cosquare, (Complex Value, double Variance)[] d) =>
        [.. d.Select((scale, i) =>
        {
            var partner = d[cosquare.Partner[i]];
            var moved = scale.Value * Complex.Exp(-scale.Variance / (scale.Variance + partner.Variance) * Complex.Log(scale.Value * partner.Value));
            return Complex.IsFinite(moved) ? moved : Complex.One;
        })];
}
