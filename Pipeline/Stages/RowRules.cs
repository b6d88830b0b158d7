namespace Unmask.Pipeline;

/// <summary>What the rows of an attention map must sum to, and what they look like where they do not.</summary>
internal static class RowRules
{
    /// <summary>What the rows sum to: as told, or else one, or clearly less than one. Anything else is a failure (238) that says what it looks like.</summary>
    public static Fin<RowSums> Check(string path, string tensor, RowsSeen seen, bool oneHead, Option<RowSums> told) => told.Case switch
    {
        RowSums.Dropout => RowSums.Dropout,
        RowSums.Sink => Sums(path, tensor, seen, oneHead, row => row.Above || !(row.Sum > 0), "a sink leaves every row a sum between 0 and 1, which these are not").Map(_ => RowSums.Sink),
        null when RowSumsOf.Look(seen) == RowSums.Sink => RowSums.Sink,
        _ => Sums(path, tensor, seen, oneHead, row => row.Above || row.Below, Looks(seen)).Map(_ => RowSums.Softmax),
    };

    private static Fin<Unit> Sums(string path, string tensor, RowsSeen seen, bool oneHead, Func<RowSeen, bool> broken, string looks)
    {
        // A row that holds NaN is reported as such.
        var wrong = seen.Rows.Filter(broken).Filter(row => !double.IsNaN(row.Sum)).Strict();
        return wrong.HeadOrNone().Match(
            None: () => FinSucc(unit),
            Some: row => Faults.RowSum(
                path, tensor, oneHead ? $"row {row.Row}" : $"head {row.Head}, row {row.Row}", row.Sum, row.Tolerance, wrong.Count - 1, looks));
    }

    private static string Looks(RowsSeen seen) => RowSumsOf.Look(seen).Case switch
    {
        RowSums.Dropout => FormattableString.Invariant(
                $"this looks like a dropout of about {seen.Zeros:0.00}: so many visible entries are zero, and sums lie between {seen.Least:0.00} and {seen.Largest:0.00}")
            + ". Capture in evaluation mode (model.eval()), or take what was not dropped with --row-sums dropout",
        RowSums.Sink => "this looks like an attention sink: every sum is below 1 and they differ. Take it as that with --row-sums sink",
        _ => "this looks neither like a sink nor like a dropout: save the probabilities after the softmax, or observe scores if that is what they are",
    };
}
