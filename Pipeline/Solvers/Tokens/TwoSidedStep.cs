namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A step of a map without a mask: the token's own row over the tokens read so far, and an entry more in each of their rows.
/// token-search.md (T10).
/// </summary>
/// <param name="Row">The token's row in every head, columns in the order of reading.</param>
/// <param name="Column">The token's column in every head, rows likewise.</param>
/// <param name="Totals">Σ 1/σ² of the earlier rows, before this step, by head and row.</param>
/// <param name="Candidates">The candidates.</param>
/// <param name="Offsets"><see cref="StateProjector.Offsets"/>.</param>
internal sealed record TwoSidedStep(
    ObservedRow[] Row, ObservedColumn[] Column, double[][] Totals, Candidates Candidates, int[] Offsets) : IStep
{
    /// <param name="problem">What was observed.</param>
    /// <param name="order">Positions; the last is read after all the others of it.</param>
    /// <param name="candidates">The candidates at the last one.</param>
    /// <param name="totals">Σ 1/σ² of the others' rows over the others, by head and row.</param>
    /// <param name="noise">Variance of a score by head, beside what storage does.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    public static TwoSidedStep Of(Problem problem, ReadOnlySpan<int> order, Candidates candidates, double[][] totals, double[] noise, int[] offsets)
    {
        var (position, before) = (order[^1], order[..^1].ToArray());
        var (rows, columns) = (new ObservedRow[noise.Length], new ObservedColumn[noise.Length]);
        for (var h = 0; h < noise.Length; h++)
        {
            var map = problem.Observed[h];
            var (row, column) = (new double[order.Length], new double[before.Length]);
            for (var a = 0; a < order.Length; a++) row[a] = map[position, order[a]];
            for (var a = 0; a < before.Length; a++) column[a] = map[before[a], position];
            rows[h] = ObservedRow.Of(problem, row, 0, noise[h]);
            columns[h] = ObservedColumn.Of(problem, column, noise[h], a => Largest(map.Row(before[a])), totals[h]);
        }

        return new TwoSidedStep(rows, columns, totals, candidates, offsets);
    }

    public int Position => Candidates.Position;

    public int Count => Candidates.Count;

    public int Freedom => Row.Sum(head => head.Freedom) + Column.Sum(head => head.Freedom);

    public Kinship Kinship => Kinship.ByBoth(
        Kinship.Typical(Row, Candidates.QueryNorms), Kinship.Typical(Row, Candidates.KeyNorms), Offsets);

    public Func<ICandidateLoss> Against(Hypothesis? before) => () => new Both(Columns(before), Rows(before));

    public Hypothesis Grow(Hypothesis? before, Extension by)
    {
        var (v, heads, earlier) = (by.Candidate, Row.Length, before?.Constants ?? []);
        var constants = new double[earlier.Length + heads];
        var gaps = Columns(before).Gaps(v);
        for (var k = 0; k < earlier.Length; k++)
        {
            // A weighted mean with one more entry; a row of scores has no constant and no weight.
            var (weight, total) = (Column[k % heads].Weight[k / heads], Totals[k % heads][k / heads]);
            constants[k] = earlier[k] + (weight > 0 ? weight / (weight + total) * gaps[k] : 0);
        }

        Rows(before).Constants(v).CopyTo(constants, earlier.Length);
        return new Hypothesis(before, Candidates.Position, v, Candidates.KeyOf(v), by.Loss)
        {
            Query = Candidates.QueryOf(v),
            Constants = constants,
        };
    }

    private static double Largest(ReadOnlySpan<double> row)
    {
        var largest = 0.0;
        foreach (var p in row) largest = Math.Max(largest, p);
        return largest;
    }

    private ColumnScorer Columns(Hypothesis? before) => new(Column, Candidates, Offsets, before);

    private RowScorer Rows(Hypothesis? before) => new(Row, Candidates, Offsets, before);

    private sealed record Both(ICandidateLoss First, ICandidateLoss Second) : ICandidateLoss
    {
        public double Loss(int v, double start, double cutoff) => Second.Loss(v, First.Loss(v, start, cutoff), cutoff);
    }
}
