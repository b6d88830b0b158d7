namespace Unmask.Pipeline.Solvers;

/// <summary>How a fit ended: the unknowns, their weighted sum of squares per equation (1 is pure rounding), and the steps taken.</summary>
internal sealed record Fit(double[] Unknowns, double PerEquation, int Steps);

/// <summary>
/// Levenberg–Marquardt on everything observed at once, each number weighted by its rounding, with whole normal equations. For starts that are
/// nearly right: there is one start and no search. docs/output.md (O4).
/// </summary>
internal static class WeightedFit
{
    /// <summary>Unknowns above which the normal equations are not written out: 4,200 take 0.2 GB and seconds a step.</summary>
    public const int Largest = 4200;

    private const double FirstDamping = 1e-8;
    private const double LeastDamping = 1e-15;
    private const double MostDamping = 1e8;
    private const double Relief = 10;
    private const double Raise = 8;

    // A step that gains less than this is the last but one of a fit to noise.
    private const double LeastGain = 1e-3;

    public static Fit Run(Unknowns unknowns, Seq<IEquations> equations, double[] start, int limit, string name, SolverOptions options)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, options.Deadline);
        var normal = new NormalEquations(unknowns.Size, end.Token);
        var (y, loss, count) = (start, Loss(unknowns, equations, start), (double)equations.Sum(part => part.Count));
        var (damping, steps, move) = (FirstDamping, 0, new double[unknowns.Size]);
        try
        {
            while (steps < limit && damping < MostDamping && loss > 0 && !end.IsCancellationRequested)
            {
                options.Progress(new SolverProgress(name, steps, limit, Math.Sqrt(loss / count)));
                normal.Clear();
                foreach (var part in equations) part.AddTo(normal, unknowns.States(y));
                if (Lower(unknowns, equations, normal, y, loss, ref damping, move) is not { } better) break;
                var gain = 1 - better.Loss / loss;
                (y, loss) = better;
                steps++;
                if (gain < LeastGain) break;
            }
        }
        catch (OperationCanceledException)
        {
            // The last step that was accepted stands.
        }

        return new Fit(y, loss / count, steps);
    }

    private static (double[] Y, double Loss)? Lower(
        Unknowns unknowns, Seq<IEquations> equations, NormalEquations normal, double[] y, double loss, ref double damping, double[] move)
    {
        for (; damping < MostDamping; damping *= Raise)
        {
            if (!normal.Solve(damping, move)) continue;
            double[] moved = [.. y.Zip(move, (from, by) => from + by)];
            var reached = Loss(unknowns, equations, moved);
            if (!(reached < loss)) continue;
            damping = Math.Max(LeastDamping, damping / Relief);
            return (moved, reached);
        }

        return null;
    }

    private static double Loss(Unknowns unknowns, Seq<IEquations> equations, double[] y)
    {
        var x = unknowns.States(y);
        return equations.Sum(part => part.Loss(x));
    }
}
