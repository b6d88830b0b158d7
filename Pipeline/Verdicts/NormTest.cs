namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// An answer and its mirror image, held against the norm before the layer: which of them can be its output. The noise of either is that of the answer,
/// drawn from the posterior, and what the model's own arithmetic leaves of the equations. docs/identifiability.md (N15)–(N17).
/// </summary>
internal static class NormTest
{
    private const double Float32 = 1.0 / (1 << 24);

    // ε takes more than half of the length of what varies by less than ε: that is no state of a trained model.
    private const double Least = 0.5;

    // The other one must be nearer by so much: between equals the given one stays.
    private const double Nearer = 0.5;

    /// <summary>How both fit; nothing where no norm is known.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="x">The answer, d×n.</param>
    /// <param name="draws">Errors of it, n×d each.</param>
    public static Option<NormFit> Of(Problem problem, Matrix x, Matrix[] draws) => NormEquations.Of(problem.Layer).Map(equations =>
        new NormFit(Misfit(equations, problem, x, Least, draws), Naming.Mirrored(problem, x).Map(other => Misfit(equations, problem, other, 0, draws))));

    /// <summary>Of the answer and its mirror image the one that is nearer to the norm's equations, where one clearly is. Nothing is claimed by it.</summary>
    public static Estimate Nearest(Problem problem, Estimate estimate) => estimate.Tokens.IsSome || !estimate.States.AllFinite() ? estimate
        : (from equations in NormEquations.Of(problem.Layer)
           from other in Naming.Mirrored(problem, estimate.States)
           where Distance(equations, other) < Nearer * Distance(equations, estimate.States)
           select estimate with { States = other }).IfNone(estimate);

    // Root mean square over tokens and equations of residual over standard deviation.
    private static double Misfit(NormEquations equations, Problem problem, Matrix x, double least, Matrix[] draws)
    {
        var (rows, unit, sum) = (x.Transpose(), Math.Max(Float32, problem.Precision.RoundingError(1)), 0.0);
        for (var i = 0; i < rows.Rows; i++)
        {
            var z = equations.Undo(rows.Row(i));
            var (residual, variance) = (equations.Residual(z, least), equations.Rounding(z, rows.Row(i), unit).Squared());
            foreach (var draw in draws) variance = variance.Plus(equations.Change(z, draw.Row(i)).Squared(), 1.0 / draws.Length);
            sum += residual.Square * residual.Square / variance.Square + residual.Mean * residual.Mean / variance.Mean;
        }

        return Math.Sqrt(sum / (rows.Rows * equations.Count));
    }

    // The median over tokens: one that is not determined must not decide.
    private static double Distance(NormEquations equations, Matrix x)
    {
        var rows = x.Transpose();
        return Enumerable.Range(0, rows.Rows)
            .Select(i => equations.Residual(equations.Undo(rows.Row(i)), Least))
            .Select(residual => double.Hypot(residual.Mean, residual.Square))
            .Order().ElementAt(rows.Rows / 2);
    }
}
