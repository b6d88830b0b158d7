using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The eigenvalues of the cosquare F⁻ᵀF and their vectors, upper half plane first, then its conjugates in the same order, then the reals:
/// an order in which "conjugate" is an index and nothing can lose it. docs/closed-form.md (C5).
/// </summary>
internal sealed class Spectrum
{
    private const double WideSpectrum = 1e4;

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
        var (raw, packed) = Decompose(form);
        var upper = Enumerable.Range(0, size).Where(i => raw[i].Imaginary > 0).ToArray();
        var real = Enumerable.Range(0, size).Where(i => raw[i].Imaginary == 0).ToArray();

        var values = new Complex[size];
        var vectors = Matrix<Complex>.Build.Dense(size, size);
        for (var u = 0; u < upper.Length; u++)
        {
            // A conjugate pair comes as the real and the imaginary part of its vector, side by side.
            var (re, im) = (packed.Column(upper[u]).ToComplex(), packed.Column(upper[u] + 1).ToComplex());
            var column = (re + Complex.ImaginaryOne * im).Normalize(2);
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

    // Eigenvalues of an ill-conditioned form run over many decades and the small ones drown in the rounding of the large ones;
    // their Cayley transforms μ = (λ − 1)/(λ + 1), with the same vectors, all lie near the unit disc: (C5b).
    private static (Vector<Complex> Values, Matrix<double> Vectors) Decompose(Matrix form)
    {
        var transpose = form.Transpose();
        var direct = transpose.Solve(form).ToMathNet();
        if (!direct.ToMatrix().AllFinite()) return (Vector<Complex>.Build.Dense(form.Rows, double.NaN), direct);
        var evd = direct.Evd(Symmetricity.Asymmetric);
        if (evd.EigenValues.AbsoluteMaximum().Magnitude <= WideSpectrum) return (evd.EigenValues, evd.EigenVectors);
        var cayley = (form + transpose).Solve(form - transpose).ToMathNet();
        if (!cayley.ToMatrix().AllFinite()) return (evd.EigenValues, evd.EigenVectors);
        var transformed = cayley.Evd(Symmetricity.Asymmetric);
        return (transformed.EigenValues.Map(mu => (1 + mu) / (1 - mu)), transformed.EigenVectors);
    }
}
