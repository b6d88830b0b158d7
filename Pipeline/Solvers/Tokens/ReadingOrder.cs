namespace Unmask.Pipeline.Solvers;

/// <summary>
/// In which order the tokens behind a map without a mask are read: known ones first, then always the one of which the entries shared with those
/// before say most. token-search.md (T11).
/// </summary>
internal static class ReadingOrder
{
    /// <param name="known">Positions of known tokens.</param>
    /// <param name="problem">The maps.</param>
    public static int[] Of(IEnumerable<int> known, Problem problem) => Of(known, Information(problem));

    /// <param name="known">Positions of known tokens.</param>
    /// <param name="information">Nats that entry (i, j) may give, n×n.</param>
    public static int[] Of(IEnumerable<int> known, Matrix information)
    {
        var n = information.Rows;
        var gain = new double[n];
        var rest = Enumerable.Range(0, n).ToHashSet();
        var order = new List<int>();
        foreach (var position in known.Order()) Take(position);
        // With nothing known the first position is as good as any.
        if (order.Count == 0) Take(0);
        while (rest.Count > 0) Take(rest.OrderByDescending(j => gain[j]).ThenBy(j => j).First());
        return [.. order];

        void Take(int position)
        {
            order.Add(position);
            rest.Remove(position);
            foreach (var j in rest) gain[j] += information[position, j] + information[j, position];
        }
    }

    // What an entry says of a score that varies by a unit or so: the capacity of a Gaussian channel.
    private static Matrix Information(Problem problem) => Matrix.Create(problem.Dims.N, problem.Dims.N, (i, j) =>
        problem.Observed.Sum(map => 0.5 * Math.Log(1 + 1 / Variance(problem, map[i, j]))));

    private static double Variance(Problem problem, double value) =>
        problem.Observation == Observation.Scores ? StorageNoise.Of(problem.Precision, value)
        : value > 0 ? StorageNoise.OfLog(problem.Precision, value)
        : double.PositiveInfinity;
}
