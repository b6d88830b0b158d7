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

    /// <summary>Row i of a causal map, columns in their own order; what a sliding window hides is no entry.</summary>
    /// <param name="problem">What was observed, and the format it was stored in.</param>
    /// <param name="h">The head.</param>
    /// <param name="i">The row.</param>
    /// <param name="bound">s·‖q‖‖k‖: see <see cref="ArithmeticNoise.OfScore"/>.</param>
    public static ObservedRow Causal(Problem problem, int h, int i, double bound)
    {
        var noise = ArithmeticNoise.OfScore(problem.Layer, problem.Layer.Heads[h].Dimension, i, bound);
        return Of(problem, problem.Observed[h].Row(i)[..(i + 1)], problem.Layer.Visible(i, problem.Dims.N).First, noise);
    }

    /// <summary>Every row of maps without a mask over all positions in their own order, by head and position.</summary>
    /// <param name="problem">What was observed, and the format it was stored in.</param>
    /// <param name="scoreNoise">Variance of a score by head, beside what storage does.</param>
    public static ObservedRow[][] All(Problem problem, double[] scoreNoise) =>
        [.. problem.Observed.Select((map, h) => Enumerable.Range(0, map.Rows).Select(i => Of(problem, map.Row(i), 0, scoreNoise[h])).ToArray())];

    /// <summary>A row in the order of reading.</summary>
    /// <param name="problem">What was observed, and the format it was stored in.</param>
    /// <param name="row">The stored entries, the token's own last.</param>
    /// <param name="first">The first entry that is one.</param>
    /// <param name="scoreNoise">Variance of a score from float32 arithmetic: <see cref="ArithmeticNoise.OfScore"/>.</param>
    public static ObservedRow Of(Problem problem, ReadOnlySpan<double> row, int first, double scoreNoise)
    {
        var stride = (row.Length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        var observed = new ObservedRow(row.Length, stride);
        if (problem.Observation == Observation.Scores) observed.TakeScores(row, first, problem.Precision, scoreNoise);
        else observed.TakeAttention(row, first, problem, scoreNoise);
        return observed;
    }

    /// <summary>χ² of the row for given scores, its constant profiled out: (T7).</summary>
    public double ChiSquare(ReadOnlySpan<double> scores)
    {
        var (constant, total) = (0.0, 0.0);
        if (Centred && TotalWeight > 0)
        {
            for (var j = 0; j < Length; j++)
                if (Weight[j] > 0) constant += Weight[j] * (scores[j] - Target[j]);
            constant /= TotalWeight;
        }

        for (var j = 0; j < Length; j++)
        {
            if (!(Weight[j] > 0)) continue;
            var gap = scores[j] - Target[j] - constant;
            total += Weight[j] * gap * gap;
        }

        foreach (var j in Zeros)
        {
            var excess = scores[j] - constant - Ceiling;
            if (excess > 0) total += ZeroWeight * excess * excess;
        }

        return total;
    }

    private void TakeAttention(ReadOnlySpan<double> row, int first, Problem problem, double scoreNoise)
    {
        var (precision, largest, zeros) = (problem.Precision, 0.0, new List<int>());
        foreach (var p in row[first..]) largest = Math.Max(largest, p);
        for (var j = first; j < row.Length; j++)
        {
            var p = row[j];
            if (p > 0) Equate(j, Math.Log(p), StorageNoise.OfLog(precision, p) + scoreNoise + ArithmeticNoise.OfSoftmax(p / largest));
            else zeros.Add(j);
        }

        Centred = true;
        Freedom = Math.Max(0, row.Length - first - zeros.Count - 1);
        // In float64 the ceiling itself is below the smallest double.
        var ceiling = Math.Max(double.Epsilon, precision.ZeroCeiling);
        Ceiling = Math.Log(ceiling);
        if (problem.Zeros == Unmask.Pipeline.Zeros.Missing) return;
        Zeros = [.. zeros];
        // A violated zero is judged against the row's constant, so it inherits that constant's uncertainty.
        if (TotalWeight > 0)
            ZeroWeight = 1 / (1 / TotalWeight + scoreNoise + ArithmeticNoise.OfSoftmax(Math.Max(double.Epsilon, ceiling / largest)));
    }

    // Every finite entry is an equation, nothing is centred.
    private void TakeScores(ReadOnlySpan<double> row, int first, Precision precision, double scoreNoise)
    {
        for (var j = first; j < row.Length; j++)
            if (double.IsFinite(row[j]))
            {
                Equate(j, row[j], StorageNoise.Of(precision, row[j]) + scoreNoise);
                Freedom++;
            }
    }

    private void Equate(int j, double target, double variance)
    {
        Target[j] = target;
        Weight[j] = 1 / variance;
        TotalWeight += Weight[j];
    }
}
