using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>The equations R = H + a(H) of some tokens, those before them given. docs/output.md (O17), (O18).</summary>
/// <param name="branch">a.</param>
/// <param name="before">The tokens that are found.</param>
/// <param name="observed">The columns of R, d×count.</param>
/// <param name="enough">An entry of what is left that ends the search.</param>
/// <param name="stopped">Whether time is up.</param>
internal sealed class StreamGroup(AttentionBranch branch, ProjectedTokens before, Matrix observed, double enough, Func<bool> stopped)
{
    private const int FixedPoints = 200;
    private const int NewtonSteps = 50;
    private const int StepsAway = 20;
    private const int Halvings = 12;

    // A step of the fixed point that gains less than this is not a contraction worth waiting for.
    private const double Contraction = 0.7;

    // Unknowns at once above which a dense Newton step takes too long: d for a causal layer, d·n for another.
    private const int Largest = 1024;

    public Matrix Observed => observed;

    /// <summary>R − H − a(H), d×count.</summary>
    public Matrix Left(Matrix state) => observed - state - branch.From(With(state), before.Count);

    /// <summary>The nearest that fixed points and Newton's method come from a start, and how many steps they took.</summary>
    public (Matrix State, int Steps) From(Matrix start)
    {
        var (state, left, steps) = (start, Left(start), 0);
        for (; steps < FixedPoints && Going(left); steps++)
        {
            var next = state + left;
            var after = Left(next);
            if (!(after.FrobeniusNorm() < Contraction * left.FrobeniusNorm())) break;
            (state, left) = (next, after);
        }

        for (var k = 0; k < NewtonSteps && left.Values.Length <= Largest && Going(left); k++, steps++)
        {
            if (Shorten(state, NewtonStep(state, left), left, _ => 1) is not { } better) break;
            (state, left) = better;
        }

        return (state, steps);
    }

    /// <summary>
    /// The same by Newton's method alone, kept away from a solution: of m(H)·(R − H − a(H)), m = 1 + ‖H̄‖²/‖H − H̄‖², whose steps point where Newton's do.
    /// docs/output.md (O20).
    /// </summary>
    public (Matrix State, int Steps) From(Matrix start, Matrix away)
    {
        var (state, left, steps) = (start, Left(start), 0);
        var size = Math.Pow(away.FrobeniusNorm(), 2);
        double Weight(Matrix at) => 1 + size / Math.Pow((at - away).FrobeniusNorm(), 2);
        for (; steps < StepsAway && left.Values.Length <= Largest && Going(left); steps++)
        {
            var (step, apart) = (NewtonStep(state, left), state - away);
            // The derivative of log m along the step: m falls as the solution is left behind.
            var slope = -2 * size / Math.Pow(apart.FrobeniusNorm(), 4) * TensorPrimitives.Dot(apart.Values, step.Values) / Weight(state);
            if (Shorten(state, 1 / (1 - slope) * step, left, Weight) is not { } better) break;
            (state, left) = better;
        }

        return (state, steps);
    }

    private bool Going(Matrix left) => left.MaxNorm() > enough && !stopped();

    private (Matrix State, Matrix Left)? Shorten(Matrix state, Matrix step, Matrix left, Func<Matrix, double> weight)
    {
        var before = weight(state) * left.FrobeniusNorm();
        for (var (k, length) = (0, 1.0); k < Halvings; k++, length /= 2)
        {
            var moved = state + length * step;
            var after = Left(moved);
            if (weight(moved) * after.FrobeniusNorm() < before) return (moved, after);
        }

        return null;
    }

    private Matrix NewtonStep(Matrix state, Matrix left)
    {
        var jacobian = StreamJacobian.Of(branch, With(state), before.Count, state.Columns);
        var (d, step) = (state.Rows, jacobian.Solve(Matrix.Create(left.Values.Length, 1, (r, _) => left[r % left.Rows, r / left.Rows])));
        return Matrix.Create(d, state.Columns, (c, t) => step[t * d + c, 0]);
    }

    private ProjectedTokens With(Matrix state) => before.Then(branch.Project(state, before.Count));
}
