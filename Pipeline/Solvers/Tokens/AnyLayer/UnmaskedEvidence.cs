using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The maps of a layer without a mask as equations on a reading. While tokens are wrong the states of all others are, too: until they are
/// right every score is allowed an error of its head's own size. token-search.md (T17).
/// </summary>
internal sealed class UnmaskedEvidence(Problem problem, UnmaskedModel model)
{
    private readonly ScoreNoise _noise = new(problem.Layer);

    /// <summary>No allowance.</summary>
    public double[] Exact { get; } = new double[problem.Layer.Heads.Count];

    /// <summary>The reading beside the rows of the maps.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="allowed">Variance of a score by head, beside storage and arithmetic.</param>
    public Standing Standing(UnmaskedReading reading, double[] allowed) => new(ObservedRow.All(problem, Noise(allowed)), reading.At, model.Offsets);

    /// <summary>½χ² of what depends on a position, for every candidate there with all other tokens as they stand: (T10).</summary>
    public (double[] Losses, int Freedom) Judge(UnmaskedReading reading, Standing standing, int position, double[] allowed, ParallelOptions parallel)
    {
        var n = problem.Dims.N;
        int[] order = [.. Enumerable.Range(0, n).Where(i => i != position), position];
        var candidates = model.Instead(reading, position) with { Position = n - 1 };
        _noise.Meet(candidates);
        var (before, totals) = standing.Of(order[..^1]);
        var step = TwoSidedStep.Of(problem, order, candidates, totals, Noise(allowed), model.Offsets);
        return (Solvers.Standing.Losses(step, before, double.PositiveInfinity, parallel), step.Freedom);
    }

    /// <summary>The mean square by head of what a reading leaves of the scores.</summary>
    public double[] Left(Standing standing) => [.. standing.Rows.Select((rows, h) =>
    {
        var (squares, count) = (0.0, 0);
        for (var i = 0; i < rows.Length; i++)
        {
            var (row, scores) = (rows[i], standing.Scores(h, i));
            var gaps = Enumerable.Range(0, row.Length).Where(j => row.Weight[j] > 0).Select(j => scores[j] - row.Target[j]).ToArray();
            if (gaps.Length == 0) continue;
            var centre = row.Centred ? gaps.Average() : 0;
            squares += gaps.Sum(gap => (gap - centre) * (gap - centre));
            count += gaps.Length;
        }

        return squares / Math.Max(1, count);
    })];

    private double[] Noise(double[] allowed) => [.. _noise.Of(problem.Dims.N - 1).Zip(allowed, (arithmetic, more) => more + arithmetic)];
}
