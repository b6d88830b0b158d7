namespace Unmask.Pipeline.Solvers;

/// <summary>1/σ² of every observed number: rounding spreads evenly over an interval, so σ is the largest error over √3. docs/output.md (O2).</summary>
internal static class EntryWeights
{
    /// <summary>
    /// For the logarithms of probabilities, or for scores; zero where there is no equation: a mask leaves zeros, or −∞ among scores.
    /// </summary>
    public static Matrix OfMap(Problem problem, Matrix map) => map.Map(value =>
        problem.Observation == Observation.Scores ? double.IsFinite(value) ? Inverse(problem.Precision.RoundingError(value)) : 0
        : value > 0 ? Inverse(problem.Precision.RoundingError(value) / value)
        : 0);

    /// <summary>
    /// For outputs, as they were stored: with the value bias. Small entries of a row are sums of large numbers and hardly more exact than these.
    /// </summary>
    public static Matrix OfOutput(Problem problem, Matrix output)
    {
        var stored = problem.Layer.ValueBias.Match(
            bias => Matrix.Create(output.Rows, output.Columns, (i, c) => output[i, c] + bias[c]),
            () => output);
        var typical = stored.FrobeniusNorm() / Math.Sqrt(stored.Values.Length);
        return stored.Map(y => Inverse(problem.Precision.RoundingError(Math.Max(Math.Abs(y), typical))));
    }

    private static double Inverse(double error) => 3 / (error * error);
}
