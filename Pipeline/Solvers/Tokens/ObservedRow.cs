using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One row of one head's map as equations and inequalities on the scores of that row: token-search.md (T4) to (T6).
/// Buffers are <see cref="Stride"/> long, a whole number of vectors; entries past the row weigh nothing.
/// </summary>
internal sealed class ObservedRow
{
    private ObservedRow(int length, int stride) =>
        (Length, Stride, Target, Weight, Zeros) = (length, stride, new double[stride], new double[stride], []);

    public int Length { get; }

    public int Stride { get; }

    /// <summary>log p_ij (the score itself for score maps); 0 where nothing is known.</summary>
    public double[] Target { get; }

    /// <summary>1/σ_ij²; 0 where the entry is no equation.</summary>
    public double[] Weight { get; }

    /// <summary>Columns that were stored as zero.</summary>
    public int[] Zeros { get; private set; }

    /// <summary>The largest log p that is stored as zero.</summary>
    public double Ceiling { get; private set; }

    /// <summary>1/σ² of a zero's inequality.</summary>
    public double ZeroWeight { get; private set; }

    /// <summary>Σ_j 1/σ_ij².</summary>
    public double TotalWeight { get; private set; }

    /// <summary>Whether an unknown constant is added to the whole row, as the softmax does.</summary>
    public bool Centred { get; private set; }

    /// <summary>Equations less the row's free constant.</summary>
    public int Freedom { get; private set; }

    /// <param name="problem">What was observed, and the format it was stored in.</param>
    /// <param name="row">The stored entries of row i in the order of reading, its own last.</param>
    /// <param name="scoreNoise">Variance of a score from float32 arithmetic: <see cref="ArithmeticNoise.OfScore"/>.</param>
    public static ObservedRow Of(Problem problem, ReadOnlySpan<double> row, double scoreNoise)
    {
        var stride = (row.Length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        return problem.Observation == Observation.Scores
            ? OfScores(row, stride, problem.Precision, scoreNoise)
            : OfAttention(row, stride, problem.Precision, scoreNoise);
    }

    /// <summary>χ² of the row for given scores, its constant profiled out: (T7).</summary>
    public double ChiSquare(Func<int, double> score)
    {
        var gaps = Enumerable.Range(0, Length).Select(j => score(j) - (Weight[j] > 0 ? Target[j] : Ceiling)).ToArray();
        var constant = Centred && TotalWeight > 0 ? gaps.Zip(Weight, (gap, weight) => weight * gap).Sum() / TotalWeight : 0;
        return gaps.Zip(Weight, (gap, weight) => weight * (gap - constant) * (gap - constant)).Sum()
            + ZeroWeight * Zeros.Sum(j => Math.Pow(Math.Max(0, gaps[j] - constant), 2));
    }

    private static ObservedRow OfAttention(ReadOnlySpan<double> row, int stride, Precision precision, double scoreNoise)
    {
        var observed = new ObservedRow(row.Length, stride) { Centred = true };
        var largest = 0.0;
        foreach (var p in row) largest = Math.Max(largest, p);
        var zeros = new List<int>();
        for (var j = 0; j < row.Length; j++)
        {
            var p = row[j];
            if (p > 0) observed.Equate(j, Math.Log(p), StorageNoise.OfLog(precision, p) + scoreNoise + ArithmeticNoise.OfSoftmax(p / largest));
            else zeros.Add(j);
        }

        observed.Zeros = [.. zeros];
        // In float64 the ceiling itself is below the smallest double.
        var ceiling = Math.Max(double.Epsilon, precision.ZeroCeiling);
        observed.Ceiling = Math.Log(ceiling);
        observed.Freedom = Math.Max(0, row.Length - zeros.Count - 1);
        // A violated zero is judged against the row's constant, so it inherits that constant's uncertainty.
        if (observed.TotalWeight > 0)
            observed.ZeroWeight = 1 / (1 / observed.TotalWeight + scoreNoise + ArithmeticNoise.OfSoftmax(Math.Max(double.Epsilon, ceiling / largest)));
        return observed;
    }

    // Every finite entry is an equation, nothing is centred.
    private static ObservedRow OfScores(ReadOnlySpan<double> row, int stride, Precision precision, double scoreNoise)
    {
        var observed = new ObservedRow(row.Length, stride);
        for (var j = 0; j < row.Length; j++)
            if (double.IsFinite(row[j]))
            {
                observed.Equate(j, row[j], StorageNoise.Of(precision, row[j]) + scoreNoise);
                observed.Freedom++;
            }

        return observed;
    }

    private void Equate(int j, double target, double variance)
    {
        Target[j] = target;
        Weight[j] = 1 / variance;
        TotalWeight += Weight[j];
    }
}
