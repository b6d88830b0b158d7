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
        var scales = Matrix<Complex>.Build.DiagonalOfDiagonalArray(OnTorus(cosquare, Scales(frame, cosquare, inner)));
        return (vectors * scales * vectors.LU().Solve(inner.ToComplex())).RealPart();
    }

    // λᵢ(rows − dᵢ rowsKnown) = columns − dᵢ columnsKnown, by least squares over all that is seen from both sides.
    private static Complex[] Scales(FrontEndFrame frame, Cosquare cosquare, Matrix inner)
    {
        var (solver, known) = (HouseholderQr.Of(inner.Transpose()), frame.K * frame.M);
        Matrix<Complex> Turned(Matrix a) => cosquare.Spectrum.Vectors.TransposeThisAndMultiply(a.ToComplex());
        var (rows, columns) = (Turned(solver.Solve(frame.Rows)), Turned(solver.Solve(frame.Columns)));
        var (rowsKnown, columnsKnown) = (Turned(frame.W12 * known), Turned(frame.W21.Transpose() * known));
        var first = frame.Target.Centred ? 1 : 0;
        var count = rows.ColumnCount - first;
        return [.. Enumerable.Range(0, rows.RowCount).Select(i =>
        {
            var value = cosquare.Spectrum.Values[i];
            Vector<Complex> Difference(Matrix<Complex> a, Matrix<Complex> b) => value * a.Row(i, first, count) - b.Row(i, first, count);
            var (left, right) = (Difference(rows, columns), Difference(rowsKnown, columnsKnown));
            return right.ConjugateDotProduct(left) / right.ConjugateDotProduct(right);
        })];
    }

    // Partner products are one but for the noise: both partners give in by the same factor.
    private static Complex[] OnTorus(Cosquare cosquare, Complex[] d) =>
        [.. d.Select((value, i) => value / Complex.Sqrt(value * d[cosquare.Partner[i]]) is var scale && Complex.IsFinite(scale) ? scale : Complex.One)];
}
