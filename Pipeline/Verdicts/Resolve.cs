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
    internal const int Draws = 32;

    /// <summary>What the observation determines at <paramref name="x"/> (d×n), and how well; nothing where it is too large to be factored, or an output alone.</summary>
    public static Option<Resolution> At(Problem problem, Matrix x)
    {
        if (!Applies(problem)) return None;
        var information = Information.At(problem, x);
        return Of(problem, x, information, NormalRank.Of(information));
    }

    internal static bool Applies(Problem problem) => problem.Observation.IsOfMaps() && problem.Dims.Unknowns <= MostUnknowns;

    /// <param name="problem">The problem.</param>
    /// <param name="x">The answer.</param>
    /// <param name="information">At it.</param>
    /// <param name="rank">What is free.</param>
    internal static Option<Resolution> Of(Problem problem, Matrix x, Information information, Rank rank)
    {
        var prior = TokenFrames.Prior(x);
        if (prior == 0) return None;
        var hidden = information.Hidden(prior);
        if (hidden > rank.Nullity && DenseNoise.Covers(problem)) hidden = Math.Min(hidden, DenseNoise.AtMost(problem, x, information, prior));
        var posterior = new Posterior(problem, information, prior, rank.Gap >= NormalRank.ClearGap && rank.Nullity > information.Unseen);
        Matrix[] draws = [.. Enumerable.Range(0, Draws).Select(posterior.Draw)];
        return Of(problem, draws, prior, posterior.Prior, hidden) with { Norm = NormTest.Of(problem, x, draws) };
    }

    /// <param name="problem">The problem.</param>
    /// <param name="draws">Errors of X, n×d each.</param>
    /// <param name="prior">1/τ².</param>
    /// <param name="against">What variances are compared with: 1/τ², or the larger prior that the draws needed.</param>
    /// <param name="hidden">Directions below the noise.</param>
    internal static Resolution Of(Problem problem, Matrix[] draws, double prior, double against, int hidden)
    {
        var (d, n) = (problem.Dims.D, problem.Dims.N);
        var squares = Enumerable.Range(0, n).Select(i => draws.Sum(draw => TensorPrimitives.SumOfSquares(draw.Row(i))) / Draws).ToArray();
        var free = toSeq(squares).Map(square => Math.Min(d, square * against)).Strict();
        var moving = toSeq(Enumerable.Range(0, n)).Filter(i => !problem.Known.ContainsKey(i)).Strict();
        var determined = moving.Filter(i => free[i] < Resolution.HalfADirection).Strict();
        return new Resolution(
            1 / Math.Sqrt(prior), hidden, free, Directions(draws, determined.IsEmpty ? moving : determined, against),
            Math.Sqrt(Median(determined.Map(i => squares[i])) * prior / d));
    }

    private static double Median(Seq<double> values) => values.IsEmpty ? double.NaN : values.Order().ElementAt(values.Count / 2);

    // Eigenvectors of the mean covariance of these tokens, the smallest variance first.
    private static Seq<FeatureDirection> Directions(Matrix[] draws, Seq<int> tokens, double prior)
    {
        var d = draws[0].Columns;
        var covariance = new PaddedMatrix<double>(d, d);
        foreach (var draw in draws)
            foreach (var i in tokens)
                for (var a = 0; a < d; a++) TensorPrimitives.MultiplyAdd(draw.Row(i), draw[i, a], covariance.Row(a), covariance.Row(a));
        var scale = prior / (draws.Length * Math.Max(1, tokens.Count));
        var eigen = Matrix<double>.Build.Dense(d, d, (a, b) => scale * covariance.Row(a)[b]).Evd(Symmetricity.Symmetric);
        return toSeq(Enumerable.Range(0, d))
            .Map(k => new FeatureDirection(toSeq(eigen.EigenVectors.Column(k)).Strict(), Math.Sqrt(Math.Max(0, eigen.EigenValues[k].Real))))
            .Strict();
    }
}
