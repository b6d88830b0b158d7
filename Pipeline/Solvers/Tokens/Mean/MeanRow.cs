using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One row of a mean over heads as equations and inequalities on probabilities: token-search.md (T14), (T15). Buffers are <see cref="Stride"/> long, a
/// whole number of vectors; entries past the row weigh nothing.
/// </summary>
internal sealed class MeanRow
{
    // Computed in float32, what is smaller than its smallest normal number may have been flushed to zero.
    private const double Flushed = 1.17549435e-38;

    private MeanRow(int stride) =>
        (Stride, Hidden, Target, Above, Below) = (stride, new double[stride], new double[stride], new double[stride], new double[stride]);

    public int Stride { get; }

    /// <summary>0 where the query sees the key, +∞ where it does not: taken off a score, it takes the entry out of the softmax.</summary>
    public double[] Hidden { get; }

    /// <summary>p_ij, or the largest p that is stored as zero.</summary>
    public double[] Target { get; }

    /// <summary>1/σ_ij² for a prediction above the target.</summary>
    public double[] Above { get; }

    /// <summary>1/σ_ij² for one below: 0 for a stored zero.</summary>
    public double[] Below { get; }

    /// <summary>Equations, less the one that says that a row sums to one.</summary>
    public int Freedom { get; private init; }

    /// <param name="problem">With a map that is a mean over heads, and the format it was stored in.</param>
    /// <param name="i">The row.</param>
    /// <param name="scoreNoise">Variance of a score from float32 arithmetic, of the head with the most: <see cref="ArithmeticNoise.OfScore"/>.</param>
    public static MeanRow Of(Problem problem, int i, double scoreNoise)
    {
        var lanes = Vector<double>.Count;
        var stride = (i + lanes) / lanes * lanes;
        var stored = problem.Observed[0].Row(i)[..(i + 1)];
        var first = problem.Layer.Visible(i, problem.Dims.N).First;
        var equations = 0;
        foreach (var p in stored[first..]) equations += p > 0 ? 1 : 0;
        var row = new MeanRow(stride) { Freedom = Math.Max(0, equations - 1) };
        row.Hidden.AsSpan().Fill(double.PositiveInfinity);
        row.Hidden.AsSpan(first, stored.Length - first).Clear();
        for (var j = first; j < stored.Length; j++) row.Take(j, stored[j], problem, scoreNoise);
        return row;
    }

    /// <summary>
    /// The median weight of log p in the row: no head's share of the mean exceeds it, so that a score moves its logarithm by no more than itself.
    /// </summary>
    public double Typical()
    {
        var weights = Enumerable.Range(0, Stride).Where(j => Below[j] > 0).Select(j => Below[j] * Target[j] * Target[j]).Order().ToArray();
        return weights.Length > 0 ? weights[weights.Length / 2] : 0;
    }

    private void Take(int j, double p, Problem problem, double scoreNoise)
    {
        if (p == 0 && problem.Zeros == Zeros.Missing) return;
        Target[j] = p > 0 ? p : problem.Precision.ZeroCeiling;
        var arithmetic = 2 * scoreNoise + ArithmeticNoise.OfSoftmax(Math.Max(double.Epsilon, Target[j]));
        Above[j] = 1 / (StorageNoise.Of(problem.Precision, Target[j]) + Target[j] * Target[j] * arithmetic + Flushed * Flushed);
        Below[j] = p > 0 ? Above[j] : 0;
    }
}
