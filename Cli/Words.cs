using System.Globalization;

namespace Unmask.Cli;

/// <summary>Values as words and numbers, the same in every culture.</summary>
internal static class Words
{
    public static string Of(VerdictKind kind) => kind switch
    {
        VerdictKind.Recovered => "recovered",
        VerdictKind.RecoveredUpToSymmetry => "recovered-up-to-symmetry",
        VerdictKind.Partial => "partial",
        VerdictKind.Underdetermined => "underdetermined",
        _ => "not-converged",
    };

    public static string Of(Observation observation) => observation switch
    {
        Observation.Scores => "scores",
        Observation.Attention => "attention",
        _ => "output",
    };

    /// <summary>Two significant digits: 1.2e-7.</summary>
    public static string Small(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    public static string Fixed(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Percent(double share) => Fixed(Math.Floor(1000 * share) / 10, "0.#") + " %";
}
