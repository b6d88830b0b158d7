namespace Unmask.Pipeline;

/// <summary>
/// What every entry of an observed tensor must be. A broken rule is reported once per tensor: the first place where it fails, and how many more.
/// </summary>
internal static class EntryRules
{
    /// <summary>What the rows sum to, where every entry and every row is as it must be.</summary>
    public static Fin<RowSums> Check(Observed seen, Mask mask, Precision precision, Option<RowSums> told)
    {
        if (seen.Observation != Observation.Attention) return Entries(seen, Of(seen.Observation, mask, seen.Matrices)).Map(_ => RowSums.Softmax);
        var rows = RowsSeen.Of(seen.Matrices, mask, precision, seen.Absent);
        // What is left after a dropout was scaled up, perhaps beyond one.
        var scaled = told.IfNone(() => RowSumsOf.Look(rows).IfNone(RowSums.Softmax)) == RowSums.Dropout;
        var rules = Of(Observation.Attention, mask, seen.Matrices).Filter(rule => !(scaled && rule.IsBound)).Strict();
        return Door.Both(Entries(seen, rules), RowRules.Check(seen.Path, seen.Tensor, rows, seen.Matrices.Count == 1, told)).Map(both => both.Second);
    }

    private static Seq<Rule> Of(Observation observation, Mask mask, Seq<Matrix> matrices)
    {
        var allowance = RowSeen.SoftmaxUnit * matrices.Fold(1, (widest, matrix) => Math.Max(widest, matrix.Columns));
        return observation switch
        {
            Observation.Attention => Seq(
                new Rule("every probability must be a finite number; save the capture again", (_, _, p) => double.IsFinite(p)),
                new Rule("a probability is not negative; save the maps after the softmax, or observe scores if that is what they are",
                    (_, _, p) => !double.IsFinite(p) || p >= 0),
                new Rule("a probability lies between 0 and 1; save the maps after the softmax, or observe scores if that is what they are",
                    (_, _, p) => !double.IsFinite(p) || p <= 1 + allowance, IsBound: true),
                new Rule("a causal model has exactly 0 above the diagonal; save the maps after the mask, rows being queries",
                    (i, j, p) => mask == Mask.None || j <= i || p == 0 || !double.IsFinite(p))),
            // What a mask hides may hold anything that stands for minus infinity.
            Observation.Scores => Seq1(
                new Rule(
                    mask == Mask.Causal
                        ? "every score must be a finite number, or minus infinity above the diagonal; save the capture again"
                        : "every score of an unmasked model must be a finite number; save the capture again",
                    (i, j, s) => double.IsFinite(s) || (mask == Mask.Causal && j > i && s == double.NegativeInfinity))),
            Observation.Residual => Seq1(new Rule("every entry of the stream must be a finite number; save the capture again", (_, _, r) => double.IsFinite(r))),
            _ => Seq1(new Rule("every output must be a finite number; save the capture again", (_, _, y) => double.IsFinite(y))),
        };
    }

    private static Fin<Unit> Entries(Observed seen, Seq<Rule> rules) => rules.Map(rule => Entries(seen, rule)).All().Map(_ => unit);

    private static Fin<Unit> Entries(Observed seen, Rule rule)
    {
        var broken = (from head in Enumerable.Range(0, seen.Matrices.Count)
                      from row in Enumerable.Range(0, seen.Matrices[head].Rows)
                      from column in Enumerable.Range(0, seen.Matrices[head].Columns)
                      where !rule.Holds(row, column, seen.Matrices[head][row, column])
                      select (Head: head, Row: row, Column: column)).ToArray();
        if (broken.Length == 0) return unit;
        var (first, place) = (broken[0], seen.Matrices.Count == 1 ? "" : $"head {broken[0].Head}, ");
        return Faults.BadEntry(
            seen.Path, seen.Tensor, $"{place}row {first.Row}, column {first.Column}", seen.Matrices[first.Head][first.Row, first.Column], rule.Text, broken.Length - 1);
    }

    /// <param name="Text">The rule, and what to do.</param>
    /// <param name="Holds">Asked of row, column and value.</param>
    /// <param name="IsBound">Whether it is the one that probabilities scaled up may break.</param>
    private sealed record Rule(string Text, Func<int, int, double, bool> Holds, bool IsBound = false);
}
