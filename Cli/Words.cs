using System.Globalization;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

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
        Observation.Residual => "residual",
        _ => "output",
    };

    /// <summary>What a problem was observed by, with the output beside the maps.</summary>
    public static string Observed(Problem problem) => (problem.Averaged ? "averaged-" : "") + Of(problem.Observation) + (problem.Output.IsSome ? "+output" : "");

    public static string Of(LossModel model) => model switch
    {
        LossModel.Scores => "scores",
        LossModel.Attention => "attention",
        LossModel.LogAttention => "log-attention",
        LossModel.CrossEntropy => "cross-entropy",
        _ => "output",
    };

    public static string Of(Evaluation evaluation) => evaluation switch
    {
        Evaluation.Gradient => "gradient",
        Evaluation.HessianVector => "hessian-vector",
        _ => "gauss-newton",
    };

    /// <summary>39.9 ns, 1.79 µs, 3.2 ms.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => Fixed(nanoseconds, "0.0") + " ns",
        < 1e6 => Fixed(nanoseconds / 1e3, "0.00") + " µs",
        _ => Fixed(nanoseconds / 1e6, "0.00") + " ms",
    };

    /// <summary>Two significant digits or a little more: 1.2e-7, 0.31, 812.</summary>
    public static string Short(double value) => value.ToString(
        Math.Abs(value) is 0 or (>= 0.01 and < 100) ? "0.##" : Math.Abs(value) is >= 100 and < 1e5 ? "0" : "0.0e+0", CultureInfo.InvariantCulture);

    public static string Fixed(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Percent(double share) => Fixed(Math.Floor(1000 * share) / 10, "0.#") + " %";
}
