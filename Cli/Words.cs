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

    /// <summary>Two significant digits or a little more: 1.2e-7, 0.31, 812.</summary>
    public static string Short(double value) => value.ToString(
        Math.Abs(value) is 0 or (>= 0.01 and < 100) ? "0.##" : Math.Abs(value) is >= 100 and < 1e5 ? "0" : "0.0e+0", CultureInfo.InvariantCulture);

    public static string Fixed(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Percent(double share) => Fixed(Math.Floor(1000 * share) / 10, "0.#") + " %";
}
