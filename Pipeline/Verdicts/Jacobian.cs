using System.Numerics.Tensors;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// The derivative of everything observed by X, one block of rows per head, written out; for problems of at most a few hundred unknowns.
/// Unknown (token t, coordinate c) is column t·d + c. docs/closed-form.md (C19).
/// </summary>
internal static class Jacobian
{
    /// <summary>The singular values: the blocks are folded into one triangle first, so the SVD never sees more than d·n rows.</summary>
    public static double[] SingularValues(Problem problem, Matrix x)
    {
        var unknowns = x.Rows * x.Columns;
        var triangle = Matrix.Create(unknowns, unknowns, (_, _) => 0);
        foreach (var index in Enumerable.Range(0, problem.Layer.Heads.Count))
        {
            var rows = Block(problem, index, x);
            var (r, count) = (triangle, rows.Length);
            var stacked = Matrix.Create(unknowns + count, unknowns, (i, j) => i < unknowns ? r[i, j] : rows[i - unknowns][j]);
            triangle = HouseholderQr.Of(stacked).R();
        }

        return [.. triangle.ToMathNet().Svd(computeVectors: false).S];
    }

    /// <summary>The rows of one head.</summary>
    internal static double[][] Block(Problem problem, int index, Matrix x)
    {
        var head = problem.Layer.Heads[index];
        var scores = ScoreRows(problem.Layer, head, x);
        return problem.Observation switch
        {
            Observation.Scores => [.. scores.SelectMany(row => row)],
            Observation.Attention => [.. scores.SelectMany((row, i) => Centred(row, problem.Observed[index].Row(i)))],
            _ => [.. OutputRows(problem, index, x, scores)],
        };
    }

    // ∂S_ij for every key j that query i sees: A_i k_j at token i and B_j q_i at token j.
    private static double[][][] ScoreRows(AttentionLayer layer, Head head, Matrix x)
    {
        var (n, d) = (x.Columns, x.Rows);
        var derivative = ScoreDerivative.Of(layer, head, x);
        var atKey = Enumerable.Range(0, n).Select(derivative.AtKey).ToArray();
        var rows = new double[n][][];
        for (var i = 0; i < n; i++)
        {
            var atQuery = derivative.AtQuery(i);
            rows[i] = new double[layer.Mask == Mask.Causal ? i + 1 : n][];
            for (var j = 0; j < rows[i].Length; j++)
            {
                var row = rows[i][j] = new double[n * d];
                Pull(atQuery, derivative.Keys.Row(j), row.AsSpan(i * d, d));
                Pull(atKey[j], derivative.Queries.Row(i), row.AsSpan(j * d, d));
            }
        }

        return rows;
    }

    private static void Pull(Matrix weights, ReadOnlySpan<double> other, Span<double> into)
    {
        for (var c = 0; c < into.Length; c++) into[c] += TensorPrimitives.Dot(weights.Row(c), other);
    }

    // log P determines a row of scores up to a constant; stored zeros determine nothing to first order.
    private static IEnumerable<double[]> Centred(double[][] row, ReadOnlySpan<double> observed)
    {
        var seen = new List<double[]>();
        for (var j = 0; j < row.Length; j++)
            if (observed[j] > 0) seen.Add(row[j]);
        var mean = new double[row[0].Length];
        foreach (var entry in seen) Add(entry, 1.0 / seen.Count, mean);
        foreach (var entry in seen) Add(mean, -1, entry);
        return seen;
    }

    // dY = dP·XᵀV + P·dXᵀV with dP_ij = P_ij (dS_ij − Σ_k P_ik dS_ik); a head owns its share of the columns of V.
    private static IEnumerable<double[]> OutputRows(Problem problem, int index, Matrix x, double[][][] scores)
    {
        var (n, d) = (x.Columns, x.Rows);
        var value = problem.Value.IfNone(() => Matrix.Identity(d));
        var width = value.Columns / problem.Layer.Heads.Count;
        var p = Forward.Attention(problem.Layer, problem.Layer.Heads[index], x);
        var carried = x.Transpose() * value;
        for (var i = 0; i < n; i++)
        {
            var mean = new double[n * d];
            for (var j = 0; j < scores[i].Length; j++) Add(scores[i][j], p[i, j], mean);
            for (var c = index * width; c < (index + 1) * width; c++)
            {
                var row = new double[n * d];
                for (var j = 0; j < scores[i].Length; j++)
                {
                    Add(scores[i][j], p[i, j] * carried[j, c], row);
                    Add(mean, -p[i, j] * carried[j, c], row);
                    for (var a = 0; a < d; a++) row[j * d + a] += p[i, j] * value[a, c];
                }

                yield return row;
            }
        }
    }

    private static void Add(double[] source, double factor, double[] target) =>
        TensorPrimitives.MultiplyAdd(source, factor, target, target);
}
