using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>What the maps recomputed from an X leave unexplained.</summary>
internal static class ResidualOf
{
    public static Residual At(Problem problem, Matrix x)
    {
        var predicted = Predict(problem, x);
        var max = problem.Observed.Zip(predicted, (b, p) => Largest(b, p)).Max();
        var (squares, count) = problem.Averaged ? LogSquares(problem.Observed[0], predicted[0].Map(Math.Log))
            : problem.Observation == Observation.Attention
                ? problem.Observed.Zip(problem.Layer.Heads, (b, head) => LogSquares(b, Forward.Scores(problem.Layer, head, x))).Aggregate(Sum)
                : problem.Observed.Zip(predicted, Squares).Aggregate(Sum);
        return new Residual(max, Math.Sqrt(squares / Math.Max(1, count)), Floor(problem));
    }

    /// <summary>Root mean square of the rounding error of p over p: the error of log p that storage alone causes.</summary>
    public static double RmsRelativeRounding(Problem problem)
    {
        var (squares, count) = problem.Observed.Map(b =>
        {
            var (sum, seen) = (0.0, 0L);
            foreach (var p in b.Values)
            {
                if (!(p > 0)) continue;
                sum += Math.Pow(problem.Precision.RoundingError(p) / p, 2);
                seen++;
            }

            return (sum, seen);
        }).Aggregate(Sum);
        return Math.Sqrt(squares / Math.Max(1, count));
    }

    public static double LargestFinite(Matrix a)
    {
        var largest = 0.0;
        foreach (var value in a.Values)
            if (double.IsFinite(value)) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static Seq<Matrix> Predict(Problem problem, Matrix x) => problem.Observation switch
    {
        _ when problem.Averaged => Seq1(Comparable(problem, problem.Observed[0], Mean(problem, x))),
        Observation.Scores => problem.Layer.Heads.Map(head => Forward.Scores(problem.Layer, head, x)),
        Observation.Attention => toSeq(problem.Layer.Heads.Zip(problem.Observed, (head, b) => Comparable(problem, b, Forward.Attention(problem.Layer, head, x)))),
        Observation.Residual => Seq1(Stream(problem, x)),
        _ => Seq1(Output(problem, x)),
    };

    private static Matrix Mean(Problem problem, Matrix x)
    {
        var maps = problem.Layer.Heads.Map(head => Forward.Attention(problem.Layer, head, x)).ToArray();
        return Matrix.Create(x.Columns, x.Columns, (i, j) => maps.Sum(map => map[i, j]) / maps.Length);
    }

    // Where something of a row is not in the map, only the ratios of what is can be compared: the row is brought to the same sum.
    private static Matrix Comparable(Problem problem, Matrix b, Matrix p)
    {
        var missing = problem.Zeros == Zeros.Missing;
        if (!missing && problem.RowSums == RowSums.Softmax) return p;
        var factors = Enumerable.Range(0, b.Rows).Select(i =>
        {
            var (observed, explained) = (0.0, 0.0);
            for (var j = 0; j < b.Columns; j++)
                if (!missing || b[i, j] > 0) (observed, explained) = (observed + b[i, j], explained + p[i, j]);
            return explained > 0 ? observed / explained : 0;
        }).ToArray();
        return Matrix.Create(b.Rows, b.Columns, (i, j) => missing && b[i, j] == 0 ? 0 : factors[i] * p[i, j]);
    }

    private static Matrix Stream(Problem problem, Matrix stream) =>
        (stream + ResidualStream.Branch(problem.Layer, stream).ThrowIfFail().At(stream)).Transpose();

    // Heads side by side, each with its share of the columns of V.
    private static Matrix Output(Problem problem, Matrix x)
    {
        var carried = x.Transpose() * problem.Value.IfNone(() => Matrix.Identity(x.Rows));
        var width = carried.Columns / problem.Layer.Heads.Count;
        var heads = problem.Layer.Heads.Map(head => Forward.Attention(problem.Layer, head, x) * carried).ToArray();
        return Matrix.Create(x.Columns, carried.Columns, (i, c) => heads[Math.Min(c / width, heads.Length - 1)][i, c]);
    }

    private static double Floor(Problem problem)
    {
        var floor = 0.0;
        foreach (var b in problem.Observed)
            foreach (var value in b.Values)
                if (double.IsFinite(value)) floor = Math.Max(floor, problem.Precision.RoundingError(value));
        return floor;
    }

    private static double Largest(Matrix b, Matrix p)
    {
        var largest = 0.0;
        for (var k = 0; k < b.Values.Length; k++)
            if (double.IsFinite(b.Values[k]) && !double.IsInfinity(p.Values[k]))
                largest = Math.Max(largest, Math.Abs(b.Values[k] - p.Values[k]));
        return largest;
    }

    private static (double, long) Squares(Matrix b, Matrix p)
    {
        var (sum, count) = (0.0, 0L);
        for (var k = 0; k < b.Values.Length; k++)
        {
            if (!double.IsFinite(b.Values[k]) || double.IsInfinity(p.Values[k])) continue;
            sum += Math.Pow(b.Values[k] - p.Values[k], 2);
            count++;
        }

        return (sum, count);
    }

    // Scores, not probabilities: an entry that underflows in the recomputed map still has its logarithm.
    private static (double, long) LogSquares(Matrix b, Matrix scores)
    {
        var (sum, count) = (0.0, 0L);
        for (var i = 0; i < b.Rows; i++)
        {
            var row = new List<double>();
            for (var j = 0; j < b.Columns; j++)
                if (b[i, j] > 0 && double.IsFinite(scores[i, j])) row.Add(scores[i, j] - Math.Log(b[i, j]));
            if (row.Count == 0) continue;
            var mean = row.Average();
            sum += row.Sum(r => (r - mean) * (r - mean));
            count += row.Count;
        }

        return (sum, count);
    }

    private static (double, long) Sum((double Squares, long Count) a, (double Squares, long Count) b) =>
        (a.Squares + b.Squares, a.Count + b.Count);
}
