namespace Unmask.Benchmarks.Comparison;

/// <summary>Something to be reached: over the problems of a class, the worst figure is to be at least the target.</summary>
internal sealed record Goal(string Class, string Figure, double Target, Func<Row, bool> Covers, Func<Row, double?> Of, bool Percent = false)
{
    /// <summary>The worst figure and where, or none if nothing that the goal covers was measured.</summary>
    public (double Value, Row Row)? Worst(IEnumerable<Row> rows) =>
        rows.Where(Covers).Select(row => (Value: Of(row), Row: row)).Where(one => one.Value is not null)
            .OrderBy(one => one.Value).Select(one => ((double, Row)?)(one.Value!.Value, one.Row)).FirstOrDefault();
}
