using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// States that stored zeros contradict, moved to where they do not: a token whose rows are nothing but one and zeros is seen by inequalities alone
/// in some of its directions, and equations leave it where the prior had it. docs/subspace.md (S15).
/// </summary>
internal static class ZeroBounds
{
    private const int MostSteps = 200;

    // A token that moves may break what another keeps.
    private const int MostRounds = 10;

    // Nats below the largest that is stored as zero.
    private const double Margin = 1;

    // Below that of equations from all but the last few subnormal numbers, above that of the size expected of a state.
    private const double Weight = 10;

    // A step that takes less than this off what is broken is the last one.
    private const double LeastGain = 1e-5;

    /// <summary>X (d×n) with as many of its zeros kept as a few steps for each token bring about.</summary>
    public static Matrix Kept(Problem problem, Seq<WeightedBlock> maps, Matrix x, SolverOptions options)
    {
        if (problem.Observation != Observation.Attention || problem.Zeros != Zeros.Bounded) return x;
        var (placed, size) = (PlacedTokens.All(problem.Layer, maps, x), TokenPlacement.SizeOf(x));
        for (var (round, moved) = (0, true); moved && round < MostRounds; round++)
        {
            moved = false;
            for (var t = 0; t < x.Columns; t++) moved |= Keep(problem, placed, t, size, options);
        }

        return placed.States();
    }

    // Whether it moved. Equations hold at either end of a step, and so between; the inequalities make a convex function there, which Newton's steps
    // lower if they are not too long.
    private static bool Keep(Problem problem, PlacedTokens placed, int token, double size, SolverOptions options)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var rows = Enumerable.Range(0, placed.Layer.Heads.Count).SelectMany(h => ZeroRows.Of(problem, placed, h, token)).ToArray();
            if (!rows.Any(row => row.Excess > 0)) return step > 0;
            var (before, move) = (placed.State(token), Towards(placed, token, size, rows));
            var slopes = rows.Select(row => TensorPrimitives.Dot<double>(row.Gradient, move.Values)).ToArray();
            double Broken(double share) => rows.Zip(slopes, (row, slope) => Math.Max(0, row.Excess + share * slope + Margin)).Sum(over => over * over);
            var best = Enumerable.Range(0, 14).Select(k => Math.ScaleB(1, -k)).MinBy(Broken);
            if (!(Broken(best) < (1 - LeastGain) * Broken(0))) return step > 0;
            placed.Place(token, before + best * move, asQuery: true, asKey: true);
        }

        return true;
    }

    // To where the equations hold and what is broken now, or nearly, lies at the margin: gradient·(x − x₀) = −excess − margin.
    private static Matrix Towards(PlacedTokens placed, int token, double size, (double[] Gradient, double Excess)[] rows)
    {
        var (equations, state) = (TokenRows.Of(placed, token), placed.State(token));
        foreach (var (gradient, excess) in rows.Where(row => row.Excess > -Margin))
            equations.Add([.. gradient, TensorPrimitives.Dot<double>(gradient, state.Values) - excess - Margin], Weight);
        return Matrix.Own(state.Rows, 1, equations.Solve(size)) - state;
    }
}
