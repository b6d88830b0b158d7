namespace Unmask.Pipeline;

/// <summary>
/// What every entry of an observed tensor must be. A broken rule is reported once per tensor: the first place where it fails, and how many more.
/// </summary>
internal static class EntryRules
{
    // A float32 softmax divides n numbers by their rounded sum: each quotient and each of the n additions may be off by a unit in the last place.
    private const double SoftmaxUnit = 1.2e-7;

    public static Fin<Unit> Check(string path, string tensor, Seq<Matrix> matrices, Observation observation, Mask mask, Precision precision) =>
        Of(observation, mask, matrices)
            .Map(rule => Entries(path, tensor, matrices, rule))
            .Append(observation == Observation.Attention ? Seq1(RowSums(path, tensor, matrices, mask, precision)) : Seq<Fin<Unit>>())
            .All()
            .Map(_ => unit);

    private static Seq<Rule> Of(Observation observation, Mask mask, Seq<Matrix> matrices)
    {
        var allowance = SoftmaxUnit * matrices.Fold(1, (widest, matrix) => Math.Max(widest, matrix.Columns));
        return observation switch
        {
            Observation.Attention => Seq(
                new Rule("every probability must be a finite number; save the capture again", (_, _, p) => double.IsFinite(p)),
                new Rule("a probability lies between 0 and 1; save the maps after the softmax, or observe scores if that is what they are",
                    (_, _, p) => !double.IsFinite(p) || p >= 0 && p <= 1 + allowance),
                new Rule("a causal model has exactly 0 above the diagonal; save the maps after the mask, rows being queries",
                    (i, j, p) => mask == Mask.None || j <= i || p == 0 || !double.IsFinite(p))),
            // What a mask hides may hold anything that stands for minus infinity.
            Observation.Scores => Seq1(
                new Rule(
                    mask == Mask.Causal
                        ? "every score must be a finite number, or minus infinity above the diagonal; save the capture again"
                        : "every score of an unmasked model must be a finite number; save the capture again",
                    (i, j, s) => double.IsFinite(s) || (mask == Mask.Causal && j > i && s == double.NegativeInfinity))),
            _ => Seq1(new Rule("every output must be a finite number; save the capture again", (_, _, y) => double.IsFinite(y))),
        };
    }

    private static Fin<Unit> Entries(string path, string tensor, Seq<Matrix> matrices, Rule rule)
    {
        var broken = from head in Enumerable.Range(0, matrices.Count)
                     from row in Enumerable.Range(0, matrices[head].Rows)
                     from column in Enumerable.Range(0, matrices[head].Columns)
                     where !rule.Holds(row, column, matrices[head][row, column])
                     select (Where: $"{Place(matrices, head)}row {row}, column {column}", Value: matrices[head][row, column]);
        return First(broken, (first, others) => Faults.BadEntry(path, tensor, first.Where, first.Value, rule.Text, others));
    }

    private static Fin<Unit> RowSums(string path, string tensor, Seq<Matrix> matrices, Mask mask, Precision precision)
    {
        var broken = from head in Enumerable.Range(0, matrices.Count)
                     from row in Enumerable.Range(0, matrices[head].Rows)
                     let sum = Sum(matrices[head].Row(row), mask == Mask.Causal ? row + 1 : matrices[head].Columns, precision)
                     // A row that holds NaN is reported as such.
                     where Math.Abs(sum.Value - 1) > sum.Tolerance
                     select (Where: $"{Place(matrices, head)}row {row}", sum.Value, sum.Tolerance);
        return First(broken, (first, others) => Faults.RowSum(path, tensor, first.Where, first.Value, first.Tolerance, others));
    }

    // Every visible entry may be off by its own rounding, and the softmax itself was computed in float32 at worst.
    private static (double Value, double Tolerance) Sum(ReadOnlySpan<double> row, int visible, Precision precision)
    {
        var (sum, tolerance) = (0.0, SoftmaxUnit * visible);
        for (var j = 0; j < row.Length; j++) sum += row[j];
        for (var j = 0; j < visible; j++) tolerance += precision.RoundingError(row[j]);
        return (sum, tolerance);
    }

    private static Fin<Unit> First<A>(IEnumerable<A> broken, Func<A, int, Error> describe)
    {
        var all = broken.ToArray();
        return all.Length == 0 ? unit : describe(all[0], all.Length - 1);
    }

    private static string Place(Seq<Matrix> matrices, int head) => matrices.Count == 1 ? "" : $"head {head}, ";

    private sealed record Rule(string Text, Func<int, int, double, bool> Holds);
}
