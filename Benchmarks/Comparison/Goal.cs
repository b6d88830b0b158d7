namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// Something to be reached: over the problems of a class, the worst figure is to be at least the target. <paramref name="AtPeak"/> is what
/// the figure of a row would be if every operation ran at the peak of multiply-adds, <paramref name="ByParts"/> if the products and then the rest took what
/// they take alone.
/// </summary>
internal sealed record Goal(
    string Class, string Figure, double Target, Func<Row, bool> Covers, Func<Row, double?> Of, bool Percent = false, Func<Row, double?>? AtPeak = null, Func<Row, double?>? ByParts = null)
{
    private const string No = "no";
    private const string BeyondParts = "beyond its parts";

    /// <summary>Met, or not for want of speed, or because the machine does not allow it.</summary>
    public string Verdict(double value, Row row) =>
        value >= Target ? "yes" : AtPeak?.Invoke(row) < Target ? "beyond the peak" : ByParts?.Invoke(row) < Target ? BeyondParts : No;

    /// <summary>Whether this problem falls short of it though no bound says that it must, or only that of its parts, where that is not trusted.</summary>
    public bool IsMissedBy(Row row, bool trustParts) =>
        Covers(row) && Of(row) is { } value && Verdict(value, row) is var verdict && (verdict == No || (verdict == BeyondParts && !trustParts));

    /// <summary>The worst figure within reach and where, else the worst; none if nothing that the goal covers was measured.</summary>
    public (double Value, Row Row)? Worst(IEnumerable<Row> rows) =>
        rows.Where(Covers).Select(row => (Value: Of(row), Row: row)).Where(one => one.Value is not null)
            .OrderBy(one => Verdict(one.Value!.Value, one.Row) != No).ThenBy(one => one.Value).Select(one => ((double, Row)?)(one.Value!.Value, one.Row)).FirstOrDefault();
}
