using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head's map as weighted equations S_ij − c_i = t_ij, w_ij = 1/σ_ij², and, where zeros were stored, inequalities. c_i is free after a softmax,
/// absent for scores. docs/identifiability.md (N1)–(N3).
/// </summary>
internal sealed class Evidence
{
    /// <summary>Of float32 arithmetic, the share of variance that double arithmetic leaves: this project's own, which is always there.</summary>
    public const double DoubleShare = 1.0 / (1L << 58);

    private Evidence(int n, bool centred) =>
        (Target, Weight, Centred, ZeroTarget, ZeroWeight) = (new(n, n), new(n, n), centred, new double[n], new double[n]);

    /// <summary>log p_ij, or the score; n×n, 0 where nothing is known.</summary>
    public PaddedMatrix<double> Target { get; }

    /// <summary>1/σ_ij²; 0 where there is no equation.</summary>
    public PaddedMatrix<double> Weight { get; }

    /// <summary>Whether every row has a constant of its own.</summary>
    public bool Centred { get; }

    /// <summary>Of row i, the largest log p that is stored as zero.</summary>
    public double[] ZeroTarget { get; }

    /// <summary>The weight of a zero's inequality in row i; 0 where a zero says nothing.</summary>
    public double[] ZeroWeight { get; }

    /// <summary>The visible entries of each row that were stored as zero.</summary>
    public List<(int Row, int Column)> Zeros { get; } = [];

    /// <summary>Equations less the free constants.</summary>
    public long Freedom { get; private set; }

    /// <summary>Σ w σ² of this project's own arithmetic: what rounding in residuals adds to χ².</summary>
    public double OwnRounding { get; private set; }

    /// <param name="problem">The problem.</param>
    /// <param name="index">Of the head.</param>
    /// <param name="x">States near the answer, d×n: arithmetic errors are in proportion to queries and keys.</param>
    /// <param name="share">How much of (T6) to allow for: 1 if the map was computed in float32.</param>
    public static Evidence Of(Problem problem, int index, Matrix x, double share)
    {
        var (head, n) = (problem.Layer.Heads[index], problem.Dims.N);
        var evidence = new Evidence(n, problem.Observation == Observation.Attention);
        var (queries, keys) = (Forward.Queries(problem.Layer, head, x), Forward.Keys(problem.Layer, head, x));
        var (q, k) = (Lengths(queries), Lengths(keys));
        for (var i = 0; i < n; i++)
        {
            var visible = problem.Layer.Mask == Mask.Causal ? i + 1 : n;
            var row = problem.Observed[index].Row(i);
            var at = i;
            double Arithmetic(int j) => share * ArithmeticNoise.OfScore(problem.Layer, head.Dimension, Math.Max(at, j), problem.Layer.Scale * q[at] * k[j]);
            if (evidence.Centred) evidence.Probabilities(problem, i, row[..visible], share, Arithmetic);
            else evidence.Scores(problem, i, row[..visible], share, Arithmetic);
        }

        return evidence;
    }

    private void Probabilities(Problem problem, int i, ReadOnlySpan<double> row, double share, Func<int, double> arithmetic)
    {
        var (largest, total, count) = (0.0, 0.0, 0);
        foreach (var p in row) largest = Math.Max(largest, p);
        for (var j = 0; j < row.Length; j++)
        {
            if (row[j] > 0)
            {
                var computed = arithmetic(j) + share * ArithmeticNoise.OfSoftmax(row[j] / largest);
                var variance = StorageNoise.OfLog(problem.Precision, row[j]) + computed;
                Equate(i, j, Math.Log(row[j]), variance, computed, share);
                (total, count) = (total + 1 / variance, count + 1);
            }
            else if (problem.Zeros == Pipeline.Zeros.Bounded)
            {
                Zeros.Add((i, j));
            }
        }

        // The smallest double is above the ceiling of its own format. An inequality weighs as much as the equations it is judged by.
        ZeroTarget[i] = Math.Log(Math.Max(double.Epsilon, problem.Precision.ZeroCeiling));
        ZeroWeight[i] = count > 0 ? total / count : 0;
        Freedom += Math.Max(0, count - 1);
    }

    private void Scores(Problem problem, int i, ReadOnlySpan<double> row, double share, Func<int, double> arithmetic)
    {
        for (var j = 0; j < row.Length; j++)
        {
            if (!double.IsFinite(row[j])) continue;
            Equate(i, j, row[j], StorageNoise.Of(problem.Precision, row[j]) + arithmetic(j), arithmetic(j), share);
            Freedom++;
        }
    }

    private void Equate(int i, int j, double target, double variance, double computed, double share)
    {
        (Target.Row(i)[j], Weight.Row(i)[j]) = (target, 1 / variance);
        OwnRounding += DoubleShare / share * computed / variance;
    }

    private static double[] Lengths(Matrix rows) =>
        [.. Enumerable.Range(0, rows.Rows).Select(i => System.Numerics.Tensors.TensorPrimitives.Norm(rows.Row(i)))];
}
