namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// The rank of JᵀWJ at sizes that leave no time for its eigenvalues: how many lie below a few bounds, the lowest run of bounds with one count being the
/// gap. docs/identifiability.md (N11).
/// </summary>
internal static class NormalRank
{
    // In the coordinates of the frames eigenvalues are at most of size n. Rounding of free ones stays below the first of the ends; what is above the
    // second is determined. Where counts differ there may be a gap between.
    private static readonly Seq<double> Ends = Seq(1e-12, 1e-4);
    private static readonly Seq<double> Between = Seq(1e-13, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4);

    /// <summary>Less than this, and singular values fall without a step that parts the free from the determined ones.</summary>
    public const double ClearGap = 10;

    public static Rank Of(Information information)
    {
        var counted = new Dictionary<double, int>();
        int Below(double bound) => counted.TryGetValue(bound, out var count) ? count : counted[bound] = information.Below(bound);
        var bounds = Below(Ends[0]) == Below(Ends[1]) ? Ends : Between;
        return Lowest(toSeq(bounds.GroupBy(Below)).Map(run => (Count: run.Key, Gap: Math.Sqrt(run.Max() / run.Min()))).Strict());
    }

    // What lies above the lowest gap is determined, however weakly: noise says how well.
    private static Rank Lowest(Seq<(int Count, double Gap)> runs) =>
        runs.Find(run => run.Gap >= ClearGap).Match(
            Some: run => new Rank(run.Count, run.Gap),
            None: () => new Rank(runs.Head.Count, runs.Head.Gap));
}
