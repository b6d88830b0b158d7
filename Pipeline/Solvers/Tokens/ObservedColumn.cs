using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One column of one head's map as seen by the rows of earlier steps, which it adds an entry each to: token-search.md (T10). Buffers are
/// <see cref="Stride"/> long, a whole number of vectors; entries past the column weigh nothing.
/// </summary>
internal sealed class ObservedColumn
{
    private ObservedColumn(int stride) =>
        (Stride, Target, Weight, Above, Below) = (stride, new double[stride], new double[stride], new double[stride], new double[stride]);

    public int Stride { get; }

    /// <summary>log p_aj (the score itself for score maps); the largest log p that is stored as zero where a zero stands.</summary>
    public double[] Target { get; }

    /// <summary>1/σ_aj²; 0 where the entry is no equation.</summary>
    public double[] Weight { get; }

    /// <summary>What it weighs to lie above the target, once the row's constant is as well known as its other entries make it.</summary>
    public double[] Above { get; }

    /// <summary>Likewise below.</summary>
    public double[] Below { get; }

    /// <summary>Equations less row constants that they bring.</summary>
    public int Freedom { get; private set; }

    /// <param name="problem">What was observed, and the format it was stored in.</param>
    /// <param name="column">The stored entries, in the order of reading.</param>
    /// <param name="scoreNoise">Variance of a score from float32 arithmetic: <see cref="ArithmeticNoise.OfScore"/>.</param>
    /// <param name="largest">The largest probability of a row.</param>
    /// <param name="totals">Σ 1/σ² of each row so far.</param>
    public static ObservedColumn Of(
        Problem problem, ReadOnlySpan<double> column, double scoreNoise, Func<int, double> largest, double[] totals)
    {
        var stride = (column.Length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        return problem.Observation == Observation.Scores
            ? OfScores(column, stride, problem.Precision, scoreNoise)
            : OfAttention(column, stride, problem, (a, p) => scoreNoise + ArithmeticNoise.OfSoftmax(p / largest(a)), totals);
    }

    private static ObservedColumn OfAttention(
        ReadOnlySpan<double> column, int stride, Problem problem, Func<int, double, double> noise, double[] totals)
    {
        var (observed, precision) = (new ObservedColumn(stride), problem.Precision);
        var ceiling = Math.Max(double.Epsilon, precision.ZeroCeiling);
        for (var a = 0; a < column.Length; a++)
        {
            var p = column[a];
            observed.Target[a] = Math.Log(Math.Max(p, p > 0 ? 0 : ceiling));
            if (p > 0) observed.Weight[a] = 1 / (StorageNoise.OfLog(precision, p) + noise(a, p));
            // A row that showed nothing so far only learns its constant.
            if (totals[a] <= 0 || (p == 0 && problem.Zeros == Zeros.Missing)) continue;
            // The constant is a weighted mean of the row's other entries: the variances of both add.
            observed.Above[a] = 1 / (1 / totals[a] + (p > 0 ? 1 / observed.Weight[a] : noise(a, ceiling)));
            if (p > 0) observed.Below[a] = observed.Above[a];
            if (p > 0) observed.Freedom++;
        }

        return observed;
    }

    // Every finite entry is an equation, no row has a constant.
    private static ObservedColumn OfScores(ReadOnlySpan<double> column, int stride, Precision precision, double scoreNoise)
    {
        var observed = new ObservedColumn(stride);
        for (var a = 0; a < column.Length; a++)
        {
            if (!double.IsFinite(column[a])) continue;
            observed.Target[a] = column[a];
            observed.Above[a] = observed.Below[a] = 1 / (StorageNoise.Of(precision, column[a]) + scoreNoise);
            observed.Freedom++;
        }

        return observed;
    }
}
