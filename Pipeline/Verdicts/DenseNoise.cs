using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// Directions below the noise by the singular values of the Jacobian written out: at most so many. The normal matrix has the squares of these values and cannot tell those
/// below 3·10⁻⁷ of the largest from zero. docs/identifiability.md (N12).
/// </summary>
internal static class DenseNoise
{
    // What rounding leaves of a singular value of zero, of the largest.
    private const double Rounding = 1e-13;

    /// <summary>Whether there is time for it, and nothing else observed or known than the maps.</summary>
    public static bool Covers(Problem problem) => Identify.IsDense(problem);

    /// <param name="problem">Of scores or maps.</param>
    /// <param name="x">The answer, d×n.</param>
    /// <param name="information">At it.</param>
    /// <param name="prior">1/τ².</param>
    public static int AtMost(Problem problem, Matrix x, Information information, double prior)
    {
        // JᵀWJ is at least the least weight times JᵀJ, also where rows are centred by their weights.
        var least = information.ChiSquare.Heads.Min(LeastWeight);
        var values = Jacobian.SingularValues(problem, x);
        var bound = Math.Max(Math.Sqrt(prior * information.Excess / least), Rounding * values[0]);
        return values.Count(value => value < bound);
    }

    private static double LeastWeight(HeadTerm head)
    {
        var least = double.PositiveInfinity;
        foreach (var weight in head.Weight.Padded)
            if (weight > 0) least = Math.Min(least, weight);
        return least;
    }
}
