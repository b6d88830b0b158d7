namespace Unmask.Pipeline.Solvers;

/// <summary>Scores up to a constant in each row, with the weight 1/σ of every entry; 0 where nothing was seen. Both rows × columns.</summary>
internal sealed record WeightedBlock(Matrix Values, Matrix Weights)
{
    public int Rows => Values.Rows;

    public int Columns => Values.Columns;

    /// <summary>
    /// What a map says of the scores: log p, which is off by the rounding error of p over p, where p is more than zero; a score itself, with the
    /// rounding error of the largest of its row, since whoever computed it added numbers of that size. docs/subspace.md (S1), (S2).
    /// </summary>
    public static WeightedBlock Of(Problem problem, Matrix observed)
    {
        var (log, causal) = (problem.Observation == Observation.Attention, problem.Layer.Mask == Mask.Causal);
        var scale = log ? [] : RowScales(observed);
        bool Seen(int i, int j) => (!causal || j <= i) && (log ? observed[i, j] > 0 : double.IsFinite(observed[i, j]));
        return new WeightedBlock(
            Matrix.Create(observed.Rows, observed.Columns, (i, j) => !Seen(i, j) ? 0 : log ? Math.Log(observed[i, j]) : observed[i, j]),
            Matrix.Create(observed.Rows, observed.Columns, (i, j) => !Seen(i, j) ? 0
                : log ? observed[i, j] / problem.Precision.RoundingError(observed[i, j])
                : 1 / problem.Precision.RoundingError(scale[i])));
    }

    /// <summary>Without the entries whose weight is below a share of the largest, as if they had not been seen.</summary>
    public WeightedBlock Exact(double share)
    {
        var least = share * Weights.MaxNorm();
        return this with { Weights = Weights.Map(w => w >= least ? w : 0) };
    }

    /// <summary>Some of its rows and columns.</summary>
    public WeightedBlock Select(IReadOnlyList<int> rows, IReadOnlyList<int> columns) => new(
        Matrix.Create(rows.Count, columns.Count, (i, j) => Values[rows[i], columns[j]]),
        Matrix.Create(rows.Count, columns.Count, (i, j) => Weights[rows[i], columns[j]]));

    /// <summary>One below the other; all of as many columns.</summary>
    public static WeightedBlock Stack(IReadOnlyList<WeightedBlock> blocks)
    {
        Matrix Join(Func<WeightedBlock, Matrix> part) => Matrix.Own(
            blocks.Sum(block => block.Rows), blocks[0].Columns, [.. blocks.SelectMany(block => part(block).Values.ToArray())]);
        return blocks.Count == 1 ? blocks[0] : new(Join(block => block.Values), Join(block => block.Weights));
    }

    private static double[] RowScales(Matrix observed)
    {
        var scales = new double[observed.Rows];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = double.Epsilon;
            foreach (var s in observed.Row(i))
                if (double.IsFinite(s)) scales[i] = Math.Max(scales[i], Math.Abs(s));
        }

        return scales;
    }
}
