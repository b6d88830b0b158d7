namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The last word on a map without a mask: every token is judged once more against all others as they stand, until none changes.
/// token-search.md (T12).
/// </summary>
internal sealed class Settle
{
    // Each round that changes a token lowers the loss; more than a few mean that something else is wrong.
    private const int Rounds = 8;

    // Beyond so many nats, and twice what the present token costs, the exact loss of a rival is of no interest.
    private const double Hopeless = 1000;

    private readonly TwoSidedSteps _steps;
    private readonly CandidateProjector _projector;
    private readonly ParallelOptions _parallel;
    private readonly Hypothesis[] _at;
    private readonly Standing _standing;

    private Settle(TwoSidedSteps steps, CandidateProjector projector, Hypothesis winner, ParallelOptions parallel)
    {
        (_steps, _projector, _parallel) = (steps, projector, parallel);
        _at = new Hypothesis[steps.Order.Length];
        foreach (var node in winner.Chain()) _at[steps.Order[node.Position]] = node;
        // Tokens move in place.
        _standing = new Standing(steps.Rows(), _at, projector.Offsets);
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

        var loss = settle._standing.Loss();
        var overall = Beam.Misfit(loss, settle._standing.Freedom);
        return new Settled([.. settle._at.Select(node => node.Candidate)], losses, [.. misfits.Select(one => Math.Max(one, overall))], loss);
    }

    private (double[] Losses, double Misfit, bool Moved) Judge(int j, bool known)
    {
        _parallel.CancellationToken.ThrowIfCancellationRequested();
        var n = _at.Length;
        int[] order = [.. Enumerable.Range(0, n).Where(i => i != j), j];
        var candidates = _projector.At(j) with { Position = n - 1 };
        var (before, totals) = _standing.Of(order[..^1]);
        var step = _steps.Step(order, candidates, totals);
        var current = _at[j].Candidate;
        var losses = Standing.Losses(step, before, Hopeless + 2 * step.Against(before)().Loss(current, 0, double.PositiveInfinity), _parallel);
        var best = known ? current : System.Array.IndexOf(losses, losses.Min());
        var moved = losses[best] < losses[current];
        if (moved) _at[j] = step.Grow(before, new Extension(0, best, losses[best]));
        return (losses, Beam.Misfit(losses[best], step.Freedom), moved);
    }
}
