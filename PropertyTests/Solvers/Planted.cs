using Unmask.Pipeline;

namespace Unmask.PropertyTests.Solvers;

/// <summary>Problems whose truth is known because they were made from it.</summary>
internal static class Planted
{
    /// <summary>W normal/√d, X normal, s = 1/√d: scores of unit size, as in trained layers.</summary>
    public static (Problem Problem, Matrix Truth) OneHead(int d, int n, int seed, Observation observation = Observation.Attention, Mask mask = Mask.None, bool symmetric = false)
    {
        var random = new Random(seed);
        var w = Normal(random, d, d, 1 / Math.Sqrt(d));
        if (symmetric) w = 0.5 * (w + w.Transpose());
        var x = Normal(random, d, n, 1);
        var value = Normal(random, d, d, 1 / Math.Sqrt(d));
        var layer = new AttentionLayer(0, d, LanguageExt.Prelude.Seq1(Head.OfProduct(w)), mask, 1 / Math.Sqrt(d), LanguageExt.Prelude.None);
        var observed = observation switch
        {
            Observation.Scores => Forward.Scores(layer, layer.Heads[0], x),
            Observation.Attention => Forward.Attention(layer, layer.Heads[0], x),
            _ => Forward.Attention(layer, layer.Heads[0], x) * (x.Transpose() * value),
        };
        var problem = new Problem("planted", layer, Dims.Of(d, n).ThrowIfFail(), observation, LanguageExt.Prelude.Seq1(observed), Precision.Float64, value, LanguageExt.Prelude.None);
        return (problem, x);
    }

    public static Matrix Normal(Random random, int rows, int columns, double scale) => Matrix.Create(rows, columns, (_, _) =>
        scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>The truth with every entry moved by so much, a tenth of a typical entry unless told.</summary>
    public static Matrix Near(Matrix truth, int seed, double by = 0.1) => truth + Normal(new Random(seed), truth.Rows, truth.Columns, by);

    /// <summary>Largest difference between the observation and what an answer would have produced.</summary>
    public static double Misfit(Problem problem, Matrix x)
    {
        var p = problem.Observation == Observation.Scores
            ? Forward.Scores(problem.Layer, problem.Layer.Heads[0], x)
            : Forward.Attention(problem.Layer, problem.Layer.Heads[0], x);
        if (problem.Observation == Observation.Output) p *= x.Transpose() * problem.Value.IfNone(Matrix.Identity(1));
        return Enumerable.Range(0, p.Rows).Max(i => Enumerable.Range(0, p.Columns).Max(j =>
            double.IsNegativeInfinity(p[i, j]) ? 0 : Math.Abs(p[i, j] - problem.Observed[0][i, j])));
    }
}
