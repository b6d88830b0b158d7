namespace Unmask.Pipeline.Solvers;

/// <summary>When a reading may be given up. token-search.md (T8).</summary>
internal static class Beam
{
    /// <summary>
    /// Nats behind the best at which a reading is given up. Under the noise model the truth falls this far behind one given rival with
    /// probability below e⁻³⁰; there are fewer than e²⁰ pairs of tokens in a vocabulary of twenty thousand.
    /// </summary>
    public const double Threshold = 30;

    // Early rows are cheap and say little; late rows are dear and have usually settled.
    private const int Widest = 4096;
    private const int Narrowest = 64;

    /// <summary>The most readings kept after row <paramref name="row"/>.</summary>
    public static int Capacity(int row) => Math.Max(Narrowest, Widest / (row + 1));

    /// <summary>The loss above which a reading is given up, when the best has <paramref name="best"/> over so many degrees of freedom.</summary>
    public static double Cutoff(double best, int freedom) => best + Threshold * Misfit(best, freedom);

    /// <summary>χ² per degree of freedom where it exceeds 1: by how much every difference in nats is overstated.</summary>
    public static double Misfit(double loss, int freedom) => Math.Max(1, 2 * loss / Math.Max(1, freedom));
}
