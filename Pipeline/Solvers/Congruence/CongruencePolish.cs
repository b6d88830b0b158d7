namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Gauss–Newton from a closed-form answer until the residual stops falling; a step that does not lower it is halved, then dropped.
/// </summary>
internal static class CongruencePolish
{
    private const int DefaultSteps = 30;
    private const int Halvings = 12;

    // Below this the residual is the rounding of XᵀWX itself and of the logarithms in G.
    private const double RoundingLevel = 1e-15;

    public static (Matrix States, int Steps) Run(
        CongruenceTarget target, TransposeSylvester sylvester, Matrix start, SolverOptions options)
    {
        var (x, residual, steps) = (start, target.G - target.Predict(start), 0);
        var limit = options.MaxIterations.IfNone(DefaultSteps);
        var floor = RoundingLevel * target.G.FrobeniusNorm();
        while (steps < limit && residual.FrobeniusNorm() > floor && !options.Cancellation.IsCancellationRequested)
        {
            var step = CongruenceStep.Of(target, sylvester, x, residual);
            if (!step.AllFinite() || Shorten(target, x, residual, step) is not { } better) break;
            var gain = better.Residual.FrobeniusNorm() / residual.FrobeniusNorm();
            (x, residual) = better;
            steps++;
            options.Progress(new SolverProgress("congruence", steps, limit, residual.MaxNorm()));
            if (gain > 0.9) break;
        }

        return (x, steps);
    }

    private static (Matrix X, Matrix Residual)? Shorten(CongruenceTarget target, Matrix x, Matrix residual, Matrix step)
    {
        var now = residual.FrobeniusNorm();
        for (var (k, length) = (0, 1.0); k < Halvings; k++, length /= 2)
        {
            var moved = x + length * step;
            var left = target.G - target.Predict(moved);
            if (left.FrobeniusNorm() < now) return (moved, left);
        }

        return null;
    }
}
