using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The eigenvalues of the cosquare F⁻ᵀF and their vectors, upper half plane first, then its conjugates in the same order, then the reals:
/// an order in which "conjugate" is an index and nothing can lose it. docs/closed-form.md (C5).
/// </summary>
internal sealed class Spectrum
{
    private Spectrum(Matrix form, Complex[] values, Matrix<Complex> vectors, int upper) =>
        (Form, Values, Vectors, Upper) = (form, values, vectors, upper);

    /// <summary>The form F itself.</summary>
    public Matrix Form { get; }

    public Complex[] Values { get; }

    /// <summary>Unit eigenvectors, one per column.</summary>
    public Matrix<Complex> Vectors { get; }

    /// <summary>How many eigenvalues have a positive imaginary part.</summary>
    public int Upper { get; }

    public int Size => Values.Length;

    public int Conjugate(int i) => i < Upper ? i + Upper : i < 2 * Upper ? i - Upper : i;

    /// <summary>vᵢᵀ F vⱼ, without conjugation: zero unless λᵢλⱼ = 1.</summary>
    public Complex Pair(int i, int j)
    {
        var sum = Complex.Zero;
        for (var r = 0; r < Size; r++)
        {
            var row = Complex.Zero;
            for (var c = 0; c < Size; c++) row += Form[r, c] * Vectors[c, j];
            sum += Vectors[r, i] * row;
        }

        return sum;
    }

    public static Spectrum Of(Matrix form)
    {
        var size = form.Rows;
        var evd = form.Transpose().Solve(form).ToMathNet().Evd(Symmetricity.Asymmetric);
        var (raw, packed) = (evd.EigenValues, evd.EigenVectors);
        var upper = Enumerable.Range(0, size).Where(i => raw[i].Imaginary > 0).ToArray();
        var real = Enumerable.Range(0, size).Where(i => raw[i].Imaginary == 0).ToArray();

        var values = new Complex[size];
        var vectors = Matrix<Complex>.Build.Dense(size, size);
        for (var u = 0; u < upper.Length; u++)
        {
            // A conjugate pair comes as the real and the imaginary part of its vector, side by side.
            var column = (packed.Column(upper[u]).ToComplex() + Complex.ImaginaryOne * packed.Column(upper[u] + 1).ToComplex()).Normalize(2);
            (values[u], values[u + upper.Length]) = (raw[upper[u]], Complex.Conjugate(raw[upper[u]]));
            vectors.SetColumn(u, column);
            vectors.SetColumn(u + upper.Length, column.Conjugate());
        }

        for (var k = 0; k < real.Length; k++)
        {
            values[2 * upper.Length + k] = raw[real[k]].Real;
            vectors.SetColumn(2 * upper.Length + k, packed.Column(real[k]).Normalize(2).ToComplex());
        }

        return new Spectrum(form, values, vectors, upper.Length);
    }
}
