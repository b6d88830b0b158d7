using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The last word on a map without a mask: every token is judged once more against all others as they stand, until none changes.
/// token-search.md (T12).
/// </summary>
internal sealed class Settle
{
    // Each round that changes a token lowers the loss; more than a few mean that something else is wrong.
    private const int Rounds = 8;
    private const int Block = 256;

    // Beyond so many nats, and twice what the present token costs, the exact loss of a rival is of no interest.
    private const double Hopeless = 1000;

    private readonly TwoSidedSteps _steps;
    private readonly CandidateProjector _projector;
    private readonly ObservedRow[][] _rows;
    private readonly ParallelOptions _parallel;
    private readonly Hypothesis[] _at;

    private Settle(TwoSidedSteps steps, CandidateProjector projector, Hypothesis winner, ParallelOptions parallel)
    {
        (_rows, _steps, _projector, _parallel) = (steps.Rows(), steps, projector, parallel);
        _at = new Hypothesis[steps.Order.Length];
        foreach (var node in winner.Chain()) _at[steps.Order[node.Position]] = node;
    }

    public static Settled Of(
        TwoSidedSteps steps, CandidateProjector projector, Hypothesis winner, IReadOnlySet<int> known, ParallelOptions parallel)
    {
        var settle = new Settle(steps, projector, winner, parallel);
        var n = steps.Order.Length;
        var (losses, misfits, changed) = (new double[n][], new double[n], true);
        for (var round = 0; changed && round < Rounds; round++)
        {
            changed = false;
            for (var j = 0; j < n; j++)
            {
                var judged = settle.Judge(j, known.Contains(j));
                (losses[j], misfits[j]) = (judged.Losses, judged.Misfit);
                changed |= judged.Moved;
            }
        }

        var loss = settle.Loss();
        var overall = Beam.Misfit(loss, settle._rows.Sum(head => head.Sum(row => row.Freedom)));
        return new Settled([.. settle._at.Select(node => node.Candidate)], losses, [.. misfits.Select(one => Math.Max(one, overall))], loss);
    }

    private (double[] Losses, double Misfit, bool Moved) Judge(int j, bool known)
    {
        _parallel.CancellationToken.ThrowIfCancellationRequested();
        var n = _at.Length;
        int[] order = [.. Enumerable.Range(0, n).Where(i => i != j), j];
        var candidates = _projector.At(j) with { Position = n - 1 };
        var (before, totals) = Others(order[..^1]);
        var step = _steps.Step(order, candidates, totals);
        var (losses, current) = (new double[candidates.Count], _at[j].Candidate);
        var cutoff = Hopeless + 2 * step.Against(before)().Loss(current, 0, double.PositiveInfinity);
        Parallel.For(0, (losses.Length + Block - 1) / Block, _parallel, block =>
        {
            var scorer = step.Against(before)();
            for (var v = block * Block; v < Math.Min(losses.Length, (block + 1) * Block); v++) losses[v] = scorer.Loss(v, 0, cutoff);
        });
        var best = known ? current : System.Array.IndexOf(losses, losses.Min());
        var moved = losses[best] < losses[current];
        if (moved) _at[j] = step.Grow(before, new Extension(0, best, losses[best]));
        return (losses, Beam.Misfit(losses[best], step.Freedom), moved);
    }

    // ½χ² of all rows, (T7).
    private double Loss()
    {
        var (loss, offsets) = (0.0, _projector.Offsets);
        for (var i = 0; i < _at.Length; i++)
            for (var h = 0; h < _rows.Length; h++)
                loss += 0.5 * _rows[h][i].ChiSquare([.. _at.Select(asked => Score(_at[i], asked, offsets[h], offsets[h + 1]))]);
        return loss;
    }

    // The reading without one token, with the row constants that the others alone give.
    private (Hypothesis? Before, double[][] Totals) Others(int[] positions)
    {
        var (heads, offsets, before) = (_rows.Length, _projector.Offsets, default(Hypothesis));
        var totals = Enumerable.Range(0, heads).Select(_ => new double[positions.Length]).ToArray();
        var constants = new double[positions.Length * heads];
        for (var a = 0; a < positions.Length; a++)
        {
            var node = _at[positions[a]];
            for (var h = 0; h < heads; h++)
            {
                var row = _rows[h][positions[a]];
                if (!row.Centred) continue;
                var (sum, total) = (0.0, 0.0);
                foreach (var b in positions)
                {
                    if (row.Weight[b] == 0) continue;
                    total += row.Weight[b];
                    sum += row.Weight[b] * (Score(node, _at[b], offsets[h], offsets[h + 1]) - row.Target[b]);
                }

                totals[h][a] = total;
                constants[a * heads + h] = total > 0 ? sum / total : 0;
            }

            before = new Hypothesis(before, a, node.Candidate, node.Key, 0) { Query = node.Query, Constants = constants };
        }

        return (before, totals);
    }

    private static double Score(Hypothesis asking, Hypothesis asked, int from, int to) =>
        TensorPrimitives.Dot<double>(asking.Query.AsSpan(from..to), asked.Key.AsSpan(from..to));
}
