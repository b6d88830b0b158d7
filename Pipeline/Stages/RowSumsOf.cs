namespace Unmask.Pipeline;

/// <summary>The rows of attention maps that were saved, and what each sums to.</summary>
internal sealed record RowsSeen(Seq<RowSeen> Rows)
{
    /// <summary>The share of visible entries that are zero.</summary>
    public double Zeros => Rows.Sum(row => row.Zeros) / (double)Math.Max(1, Rows.Sum(row => row.Visible));

    public double Least => Rows.Map(row => row.Sum).Min();

    public double Largest => Rows.Map(row => row.Sum).Max();

    public static RowsSeen Of(Seq<Matrix> maps, Mask mask, Precision precision, Seq<int> absent) => new(toSeq(
        from head in Enumerable.Range(0, maps.Count)
        from row in Enumerable.Range(0, maps[head].Rows)
        where !absent.Contains(row)
        select RowSeen.Of(head, row, maps[head].Row(row), mask == Mask.Causal ? Math.Min(row + 1, maps[head].Columns) : maps[head].Columns, precision)).Strict());
}

/// <summary>One row of one head: its sum, how far from one rounding alone can bring that, its visible entries and how many of them are zero.</summary>
internal sealed record RowSeen(int Head, int Row, double Sum, double Tolerance, int Visible, int Zeros)
{
    // A float32 softmax divides n numbers by their rounded sum: each quotient and each of the n additions may be off by a unit in the last place.
    public const double SoftmaxUnit = 1.2e-7;

    public bool Below => Sum < 1 - Tolerance;

    public bool Above => Sum > 1 + Tolerance;

    public static RowSeen Of(int head, int row, ReadOnlySpan<double> values, int visible, Precision precision)
    {
        var (sum, tolerance, zeros) = (0.0, SoftmaxUnit * visible, 0);
        foreach (var value in values) sum += value;
        foreach (var value in values[..visible])
        {
            tolerance += precision.RoundingError(value);
            if (value == 0) zeros++;
        }

        return new RowSeen(head, row, sum, tolerance, visible, zeros);
    }
}

/// <summary>What maps whose rows do not sum to one look like.</summary>
internal static class RowSumsOf
{
    // One row in so many may sum to one by chance, or have one visible entry.
    private const double Most = 0.5;

    private const int Fewest = 8;

    // A sink takes a share worth having; what a format truncates instead of rounding, or a threshold cuts off, is less.
    private const double LeastSink = 0.01;

    // Zeros by underflow are rarer than this under a dropout worth the name, and a sink drops nothing.
    private const double LeastDropout = 0.01;

    /// <summary>None where they look like nothing that is known here.</summary>
    public static Option<RowSums> Look(RowsSeen seen)
    {
        var (below, above) = (seen.Rows.Filter(row => row.Below), seen.Rows.Count(row => row.Above));
        return below.IsEmpty && above == 0 ? RowSums.Softmax
            : seen.Rows.Count < Fewest || below.Count + above < Most * seen.Rows.Count || seen.Rows.Exists(row => !double.IsFinite(row.Sum)) ? None
            : above > 0 && !below.IsEmpty && seen.Zeros is >= LeastDropout and < 1 && OneOnAverage(seen) ? RowSums.Dropout
            : above == 0 && seen.Zeros < LeastDropout && Vary(below) ? RowSums.Sink
            : None;
    }

    // The mean of so many sums is this near to one; the factor leaves no doubt.
    private static bool OneOnAverage(RowsSeen seen)
    {
        var mean = seen.Rows.Average(row => row.Sum);
        var deviation = Math.Sqrt(seen.Rows.Average(row => (row.Sum - mean) * (row.Sum - mean)));
        return Math.Abs(mean - 1) < 5 * deviation / Math.Sqrt(seen.Rows.Count);
    }

    // One and the same share missing everywhere is a factor, not a sink.
    private static bool Vary(Seq<RowSeen> below)
    {
        var sums = below.Map(row => row.Sum).Order().ToArray();
        return 1 - sums[sums.Length / 2] > LeastSink && sums[^1] - sums[0] > LeastSink;
    }
}
