using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// How far noise moves X: counts, and draws from the posterior N(0, (JᵀWJ + I/τ²)⁻¹), τ the size of X. docs/identifiability.md (N12)–(N14).
/// </summary>
public static class Resolve
{
    // d·n above which neither factor nor counts are made.
    internal const int MostUnknowns = 8000;

    // A token's variance is a sum over d directions, a feature's over n tokens: 32 draws leave a tenth of either.
    private const int Draws = 32;

    /// <summary>What the observation determines at <paramref name="x"/> (d×n), and how well; nothing where it is too large to be factored, or an output alone.</summary>
    public static Option<Resolution> At(Problem problem, Matrix x) =>
        Applies(problem) ? Of(problem, x, Information.At(problem, x)) : None;

    internal static bool Applies(Problem problem) => problem.Observation != Observation.Output && problem.Dims.Unknowns <= MostUnknowns;

    internal static Option<Resolution> Of(Problem problem, Matrix x, Information information)
    {
        var size = x.FrobeniusNorm() / Math.Sqrt(x.Values.Length);
        return size > 0 ? Of(problem, x, information, size) : None;
    }

    private static Option<Resolution> Of(Problem problem, Matrix x, Information information, double size)
    {
        var (d, n) = (x.Rows, x.Columns);
        var free = new double[n];
        var hidden = information.Hidden(size);
        var posterior = new Posterior(problem, information, size);
        var draws = Enumerable.Range(0, Draws).Select(posterior.Draw).ToArray();
        for (var i = 0; i < n; i++) free[i] = draws.Sum(draw => TensorPrimitives.SumOfSquares(draw.Row(i))) / Draws;
        var moving = toSeq(Enumerable.Range(0, n)).Filter(i => !problem.Known.ContainsKey(i)).Strict();
        var determined = moving.Filter(i => free[i] < Resolution.HalfADirection).Strict();
        return new Resolution(
            size, hidden, toSeq(free).Strict(), Directions(draws, determined.IsEmpty ? moving : determined),
            Math.Sqrt(Median(determined.Map(i => free[i])) / d));
    }

    private static double Median(Seq<double> values) => values.IsEmpty ? double.NaN : values.Order().ElementAt(values.Count / 2);

    // Eigenvectors of the mean covariance of these tokens, the smallest variance first.
    private static Seq<FeatureDirection> Directions(Matrix[] draws, Seq<int> tokens)
    {
        var d = draws[0].Columns;
        var covariance = new PaddedMatrix<double>(d, d);
        foreach (var draw in draws)
            foreach (var i in tokens)
                for (var a = 0; a < d; a++) TensorPrimitives.MultiplyAdd(draw.Row(i), draw[i, a], covariance.Row(a), covariance.Row(a));
        var scale = 1.0 / (draws.Length * Math.Max(1, tokens.Count));
        var eigen = Matrix<double>.Build.Dense(d, d, (a, b) => scale * covariance.Row(a)[b]).Evd(Symmetricity.Symmetric);
        return toSeq(Enumerable.Range(0, d))
            .Map(k => new FeatureDirection(toSeq(eigen.EigenVectors.Column(k)).Strict(), Math.Sqrt(Math.Max(0, eigen.EigenValues[k].Real))))
            .Strict();
    }
}
