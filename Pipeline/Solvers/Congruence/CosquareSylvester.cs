using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// EᵀW + WE = M in the eigenvectors of the cosquare, where it falls apart into 2×2 systems for the entries (i, j) and (j, i):
/// docs/closed-form.md (C15), (C16).
/// </summary>
internal sealed class CosquareSylvester(Cosquare cosquare) : TransposeSylvester
{
    private readonly Matrix<Complex> _vectors = cosquare.Spectrum.Vectors;
    private readonly Matrix<Complex> _inverse = cosquare.Spectrum.Vectors.Inverse();

    public override Fin<Matrix> Congruence(Matrix k) => CongruencePairing.Solve(cosquare, k);

    public override Matrix Solve(Matrix m)
    {
        var (partner, size) = (cosquare.Partner, m.Rows);
        var right = _vectors.TransposeThisAndMultiply(m.ToComplex() * _vectors);
        var e = Matrix<Complex>.Build.Dense(size, size);
        for (var i = 0; i < size; i++)
        {
            e[partner[i], i] = right[i, i] / (cosquare.Weight[i] * (1 + cosquare.Spectrum.Values[i]));
            for (var j = i + 1; j < size; j++)
                (e[partner[i], j], e[partner[j], i]) = j == partner[i] ? Isometry(i, j, right) : Block(i, j, right);
        }

        return (_vectors * e * _inverse).RealPart();
    }

    public override Matrix Project(Matrix core, Matrix r)
    {
        var u = r.ToComplex().LU().Solve(_vectors);
        var conditions = Invisible(u);
        if (conditions.Count == 0) return core;
        var size = core.Rows;
        var q = HouseholderQr.Of(
            Matrix.Create(size * size, conditions.Count, (entry, k) => conditions[k](entry / size, entry % size))).Q();
        var flat = Matrix.Of(size * size, 1, core.Values);
        return Matrix.Of(size, size, (flat - q * (q.Transpose() * flat)).Values);
    }

    // wᵢY_ij + wⱼλⱼY_ji = M_ij and wᵢλᵢY_ij + wⱼY_ji = M_ji.
    private (Complex, Complex) Block(int i, int j, Matrix<Complex> right)
    {
        var (a, b) = (cosquare.Spectrum.Values[i], cosquare.Spectrum.Values[j]);
        var scale = 1 - a * b;
        return (
            (right[i, j] - b * right[j, i]) / (cosquare.Weight[i] * scale),
            (right[j, i] - a * right[i, j]) / (cosquare.Weight[j] * scale));
    }

    // For partners the second equation is λᵢ times the first: the shortest (Y_ij, Y_ji) that meets it.
    private (Complex, Complex) Isometry(int i, int j, Matrix<Complex> right)
    {
        var a = cosquare.Spectrum.Values[i];
        var (first, second) = (cosquare.Weight[i], cosquare.Weight[j] * cosquare.Spectrum.Values[j]);
        var met = (right[i, j] + Complex.Conjugate(a) * right[j, i]) / (1 + Squared(a));
        var size = Squared(first) + Squared(second);
        return (Complex.Conjugate(first) * met / size, Complex.Conjugate(second) * met / size);
    }

    // ⟨RᵀMR, λᵢuᵢuⱼᵀ − uⱼuᵢᵀ⟩ = 0 for partners i, j: one real condition for each dimension of the torus.
    private List<Func<int, int, double>> Invisible(Matrix<Complex> u)
    {
        var (spectrum, conditions) = (cosquare.Spectrum, new List<Func<int, int, double>>());
        for (var i = 0; i < spectrum.Size; i++)
        {
            var (j, twin) = (cosquare.Partner[i], spectrum.Conjugate(cosquare.Partner[i]));
            if (j == i || (i >= spectrum.Upper && i < 2 * spectrum.Upper)) continue;
            // Divided by √λ the condition of a conjugate pair is purely imaginary, by √|λ| that of a real pair is real.
            var (p, s, value) = (i, j, spectrum.Values[i]);
            var root = i < spectrum.Upper ? Complex.Sqrt(value) : Math.Sqrt(Complex.Abs(value));
            Complex Entry(int row, int column) => (value * u[row, p] * u[column, s] - u[row, s] * u[column, p]) / root;
            if (i < spectrum.Upper && i <= twin) conditions.Add((row, column) => Entry(row, column).Imaginary);
            if ((i < spectrum.Upper && i < twin) || (i >= 2 * spectrum.Upper && i < j))
                conditions.Add((row, column) => Entry(row, column).Real);
        }

        return conditions;
    }

    private static double Squared(Complex z) => z.Real * z.Real + z.Imaginary * z.Imaginary;
}
