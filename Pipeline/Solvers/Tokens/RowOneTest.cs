namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Row 1 of one head as a test of the difference s_10 − s_11: how much it weighs to lie above, or below, <paramref name="Target"/>.
/// An equation weighs both ways, a stored zero one way only. token-search.md (T7).
/// </summary>
internal readonly record struct RowOneTest(double Target, double Above, double Below)
{
    public static RowOneTest Of(ObservedRow row)
    {
        var (first, self) = (row.Weight[0] > 0, row.Weight[1] > 0);
        var difference = row.Target[0] - row.Target[1];
        // The constant of a two-entry row profiled out: the variances of the two add.
        var weight = first && self ? 1 / (1 / row.Weight[0] + 1 / row.Weight[1]) : 0;
        return (first, self) switch
        {
            (true, true) => new(difference, weight, weight),
            (false, true) when row.Zeros.Length > 0 => new(row.Ceiling - row.Target[1], row.ZeroWeight, 0),
            (true, false) when row.Zeros.Length > 0 => new(row.Target[0] - row.Ceiling, 0, row.ZeroWeight),
            _ => default,
        };
    }

    /// <summary>Row 0 of a map without a mask, s_01 − s_00: an entry of column 1 against the constant that p_00 alone gives.</summary>
    public static RowOneTest Of(ObservedRow zero, ObservedColumn one) =>
        new(one.Target[0] - zero.Target[0], one.Above[0], one.Below[0]);
}
