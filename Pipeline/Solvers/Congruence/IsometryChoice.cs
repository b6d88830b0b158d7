using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Among all A = P D Q⁻¹ that solve the congruence, the one of least norm: a long A would spend the digits of X on cancellation. And among the
/// isometries of W, P D P⁻¹, the one that takes X to where it is known to be. docs/closed-form.md (C9), docs/output.md (O10).
/// </summary>
internal static class IsometryChoice
{
    /// <summary>The scales d moved along the torus, their partner products kept, to the least ‖P D Q⁻¹‖.</summary>
    public static Complex[] Shorten(Cosquare w, Matrix<Complex> p, Matrix<Complex> qInverse, Complex[] d) =>
        new TorusDescent(w, Gram(p, qInverse)).Lowest(d);

    /// <summary>P D P⁻¹X with D on the torus, nearest to what the anchors say of it.</summary>
    public static Matrix Nearest(Cosquare w, Matrix x, Seq<Anchor> anchors)
    {
        var (vectors, size) = (w.Spectrum.Vectors, w.Spectrum.Size);
        var tracks = vectors.LU().Solve(x.ToComplex());
        // ‖M D C − T‖² = dᴴGd − 2Re dᴴb + ‖T‖²: one more coordinate, held at 1, takes in what is not quadratic.
        var gram = Matrix<Complex>.Build.Dense(size + 1, size + 1);
        foreach (var anchor in anchors)
        {
            var (seen, columns, target) = (anchor.Rows.ToComplex() * vectors, Columns(tracks, anchor.Tokens), anchor.Target.ToComplex());
            gram.SetSubMatrix(0, 0, gram.SubMatrix(0, size, 0, size) + Gram(seen, columns));
            var pull = seen.ConjugateTransposeThisAndMultiply(target).PointwiseMultiply(columns.Conjugate());
            for (var i = 0; i < size; i++)
            {
                var sum = pull.Row(i).Sum();
                (gram[i, size], gram[size, i]) = (gram[i, size] - sum, gram[size, i] - Complex.Conjugate(sum));
            }

            gram[size, size] += Math.Pow(anchor.Target.FrobeniusNorm(), 2);
        }

        var start = OnTorus(w, gram.SubMatrix(0, size, 0, size).Solve(-gram.Column(size, 0, size)));
        var d = new TorusDescent(w, gram).Lowest([.. start, 1]);
        return (vectors * Matrix<Complex>.Build.DiagonalOfDiagonalArray(d[..size]) * tracks).RealPart();
    }

    // ‖P D Q⁻¹‖² = Σ conj(dᵢ) dⱼ (PᴴP)ᵢⱼ (Q⁻¹Q⁻ᴴ)ⱼᵢ.
    private static Matrix<Complex> Gram(Matrix<Complex> p, Matrix<Complex> qInverse) =>
        p.ConjugateTransposeThisAndMultiply(p).PointwiseMultiply((qInverse * qInverse.ConjugateTranspose()).Transpose());

    private static Matrix<Complex> Columns(Matrix<Complex> a, Seq<int> columns) =>
        Matrix<Complex>.Build.Dense(a.RowCount, columns.Count, (i, k) => a[i, columns[k]]);

    // Exact data give partner products of one; otherwise both partners move by the same factor. What the anchors do not see stays where it is.
    private static Complex[] OnTorus(Cosquare w, Vector<Complex> d) =>
        [.. d.Select((value, i) => value / Complex.Sqrt(value * d[w.Partner[i]]) is var scale && Complex.IsFinite(scale) ? scale : Complex.One)];
}
