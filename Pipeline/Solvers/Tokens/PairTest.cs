namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One number that a pair of first tokens decides, b(t₁)·a(t₀) − shift(t₀) − shift(t₁), and what it weighs to miss its target. Row 1 asks with
/// queries of the second token for keys of the first; row 0, where it sees the second, the other way round. token-search.md (T7).
/// </summary>
/// <param name="Test">The target, and the weights above and below it.</param>
/// <param name="First">a, coordinate by coordinate: entry c·stride + t₀.</param>
/// <param name="FirstShift">By t₀, padded like a coordinate of <paramref name="First"/>.</param>
/// <param name="Second">b, token by token: entry t₁·width + c.</param>
/// <param name="SecondShift">By t₁.</param>
/// <param name="Force">The weight of the largest difference that candidates can make: the test with the most goes first.</param>
internal sealed record PairTest(
    RowOneTest Test, double[] First, double[] FirstShift, double[] Second, double[] SecondShift, double Force)
{
    // Candidates in tiles of this many; a coordinate is padded to whole ones.
    public const int Tile = 64;

    public static int Padded(int size) => (size + Tile - 1) / Tile * Tile;

    /// <summary>Row 1 of head <paramref name="h"/>: s_10 − s_11.</summary>
    public static PairTest OfRowOne(RowOneTest test, int h, Candidates first, Candidates second, int[] offsets) => new(
        test,
        Columns(first.Keys, first, offsets, h), new double[Padded(first.Count)],
        Rows(second.Queries, second, offsets, h), SelfOf(second, h, offsets, second.Count),
        Most(test, second.QueryNorms[h] * first.KeyNorms[h]));

    /// <summary>Row 0 of head <paramref name="h"/>: s_01 − s_00.</summary>
    public static PairTest OfRowZero(RowOneTest test, int h, Candidates first, Candidates second, int[] offsets) => new(
        test,
        Columns(first.Queries, first, offsets, h), SelfOf(first, h, offsets, Padded(first.Count)),
        Rows(second.Keys, second, offsets, h), new double[second.Count],
        Most(test, first.QueryNorms[h] * second.KeyNorms[h]));

    private static double Most(RowOneTest test, double bound) => Math.Max(test.Above, test.Below) * bound * bound;

    private static double[] SelfOf(Candidates candidates, int h, int[] offsets, int length)
    {
        var self = new double[length];
        for (var v = 0; v < length; v++) self[v] = candidates.Self[Real(v, candidates) * (offsets.Length - 1) + h];
        return self;
    }

    private static double[] Rows(double[] all, Candidates candidates, int[] offsets, int h)
    {
        var width = offsets[h + 1] - offsets[h];
        var rows = new double[candidates.Count * width];
        for (var v = 0; v < candidates.Count; v++)
            all.AsSpan(v * candidates.Width + offsets[h], width).CopyTo(rows.AsSpan(v * width));
        return rows;
    }

    private static double[] Columns(double[] all, Candidates candidates, int[] offsets, int h)
    {
        var (width, stride) = (offsets[h + 1] - offsets[h], Padded(candidates.Count));
        var columns = new double[width * stride];
        for (var v = 0; v < stride; v++)
            for (var c = 0; c < width; c++) columns[c * stride + v] = all[Real(v, candidates) * candidates.Width + offsets[h] + c];
        return columns;
    }

    // The last tile is filled up with the last candidate, which cannot undercut itself.
    private static int Real(int v, Candidates candidates) => Math.Min(v, candidates.Count - 1);
}
