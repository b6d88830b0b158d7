using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>The tokens of a map without a mask as they stand, one at every position, beside every row of the map. token-search.md (T12).</summary>
/// <param name="Rows">By head and position, columns in their own order.</param>
/// <param name="At">By position.</param>
/// <param name="Offsets"><see cref="StateProjector.Offsets"/>.</param>
internal sealed record Standing(ObservedRow[][] Rows, Hypothesis[] At, int[] Offsets)
{
    /// <summary>½χ² of all rows, (T7).</summary>
    public double Loss()
    {
        var loss = 0.0;
        for (var i = 0; i < At.Length; i++)
            for (var h = 0; h < Rows.Length; h++) loss += 0.5 * Rows[h][i].ChiSquare(Scores(h, i));
        return loss;
    }

    public int Freedom => Rows.Sum(head => head.Sum(row => row.Freedom));

    /// <summary>Row i of the scores of one head, length n.</summary>
    public double[] Scores(int head, int i) => [.. At.Select(asked => Score(At[i], asked, Offsets[head], Offsets[head + 1]))];

    /// <summary>The reading of some positions, with the row constants that they alone give, and the weights behind these by head and row.</summary>
    public (Hypothesis? Before, double[][] Totals) Of(int[] positions)
    {
        var (heads, before) = (Rows.Length, default(Hypothesis));
        var totals = Enumerable.Range(0, heads).Select(_ => new double[positions.Length]).ToArray();
        var constants = new double[positions.Length * heads];
        for (var a = 0; a < positions.Length; a++)
        {
            var node = At[positions[a]];
            for (var h = 0; h < heads; h++)
            {
                var row = Rows[h][positions[a]];
                if (!row.Centred) continue;
                var (sum, total) = (0.0, 0.0);
                foreach (var b in positions)
                {
                    if (row.Weight[b] == 0) continue;
                    total += row.Weight[b];
                    sum += row.Weight[b] * (Score(node, At[b], Offsets[h], Offsets[h + 1]) - row.Target[b]);
                }

                totals[h][a] = total;
                constants[a * heads + h] = total > 0 ? sum / total : 0;
            }

            before = new Hypothesis(before, a, node.Candidate, node.Key, 0) { Query = node.Query, Constants = constants };
        }

        return (before, totals);
    }

    /// <summary>½χ² of every candidate of a step against a reading, up to <paramref name="cutoff"/>, by candidate.</summary>
    public static double[] Losses(TwoSidedStep step, Hypothesis? before, double cutoff, ParallelOptions parallel)
    {
        const int block = 256;
        var losses = new double[step.Count];
        Parallel.For(0, (losses.Length + block - 1) / block, parallel, one =>
        {
            var scorer = step.Against(before)();
            for (var v = one * block; v < Math.Min(losses.Length, (one + 1) * block); v++) losses[v] = scorer.Loss(v, 0, cutoff);
        });
        return losses;
    }

    private static double Score(Hypothesis asking, Hypothesis asked, int from, int to) =>
        TensorPrimitives.Dot<double>(asking.Query.AsSpan(from..to), asked.Key.AsSpan(from..to));
}
