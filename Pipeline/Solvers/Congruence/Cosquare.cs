using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The cosquare of a generic W with every eigenvalue's partner λ_σ(i) = 1/λᵢ and the weight wᵢ = pᵢᵀW p_σ(i):
/// docs/closed-form.md (C5), (C6).
/// </summary>
internal sealed record Cosquare(Spectrum Spectrum, int[] Partner, Complex[] Weight)
{
    // Eigenvalues of an exactly known W carry a relative error near 1e-13 at d = 64, more in proportion to their size;
    // partners that miss 1/λ by this much are no partners.
    private const double PartnerTolerance = 1e-5;
    private const double GrowthTolerance = 1e-13;

    public static Fin<Cosquare> Of(Matrix w)
    {
        var spectrum = Spectrum.Of(w);
        var partner = new int[spectrum.Size];
        if (!spectrum.Values.All(Complex.IsFinite)) return Faults.CongruenceDegenerate("W is singular");
        if (!PairUpper(spectrum, partner) || !PairReal(spectrum, partner))
            return Faults.CongruenceDegenerate("the eigenvalues of W⁻ᵀW are not distinct");
        return new Cosquare(spectrum, partner, [.. partner.Select((j, i) => spectrum.Pair(i, j))]);
    }

    /// <summary>Whether i and its partner are conjugates, which only eigenvalues on the unit circle can be.</summary>
    public bool OnCircle(int i) => i < 2 * Spectrum.Upper && Partner[i] == Spectrum.Conjugate(i);

    // In the upper half plane the reflection λ ↦ 1/conj(λ) pairs quadruples and fixes the unit circle.
    private static bool PairUpper(Spectrum spectrum, int[] partner)
    {
        var values = spectrum.Values;
        var mirror = Assignment.Solve(spectrum.Upper, (i, j) => Spread(values[i], Complex.One / Complex.Conjugate(values[j])));
        for (var i = 0; i < spectrum.Upper; i++)
        {
            if (mirror[mirror[i]] != i || !Partners(values[i], Complex.Conjugate(values[mirror[i]]))) return false;
            partner[i] = spectrum.Conjugate(mirror[i]);
            partner[spectrum.Conjugate(i)] = mirror[i];
        }

        return true;
    }

    private static bool PairReal(Spectrum spectrum, int[] partner)
    {
        var first = 2 * spectrum.Upper;
        var values = spectrum.Values;
        var mirror = Assignment.Solve(spectrum.Size - first, (i, j) => Spread(values[first + i], 1 / values[first + j]));
        for (var i = 0; i < mirror.Length; i++)
        {
            var alone = mirror[i] == i;
            if (mirror[mirror[i]] != i || !Partners(values[first + i], values[first + mirror[i]])) return false;
            if (alone && (values[first + i].Real < 0 || spectrum.Size % 2 == 0)) return false;
            partner[first + i] = first + mirror[i];
        }

        return mirror.Where((j, i) => i == j).Count() == spectrum.Size % 2;
    }

    private static bool Partners(Complex a, Complex b) =>
        Spread(a, 1 / b) <= Math.Min(0.5, PartnerTolerance + GrowthTolerance * Math.Max(Complex.Abs(a), Complex.Abs(b)));

    /// <summary>How far apart two eigenvalues are, the same for their reciprocals: |log(a/b)|.</summary>
    public static double Spread(Complex a, Complex b) => Complex.Abs(Complex.Log(a / b));
}
