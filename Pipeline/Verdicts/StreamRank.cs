using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// What a residual stream determines at an H that explains it: the rank of I + a′, and what the rounding of R becomes in H. Behind a causal mask a′ is
/// block lower triangular, so that the blocks of single tokens decide. docs/output.md (O21), (O22).
/// </summary>
/// <param name="Rank">Nothing where the blocks are too large for their singular values.</param>
/// <param name="Resolution">Nothing where the rank is not known or not full.</param>
internal sealed record StreamRank(Option<Rank> Rank, Option<Resolution> Resolution)
{
    // Unknowns in one block: a second for its singular values.
    private const int LargestBlock = 512;

    // Singular values of blocks written out carry a few roundings only.
    private const double Ceiling = 1e-10;

    public static StreamRank At(Problem problem, Matrix stream)
    {
        var (d, n) = (stream.Rows, stream.Columns);
        var size = problem.Layer.Mask == Mask.Causal ? 1 : n;
        if (d * size > LargestBlock) return new StreamRank(None, None);
        var branch = ResidualStream.Branch(problem.Layer, stream).ThrowIfFail();
        var tokens = branch.Project(stream, 0);
        var blocks = Enumerable.Range(0, n / size).Select(k => StreamJacobian.Of(branch, tokens, k * size, size)).ToArray();
        var values = blocks.Select(block => block.ToMathNet().Svd(computeVectors: false).S.ToArray()).ToArray();
        var ranks = values.Select(of => Verdicts.Rank.Of(of, Ceiling)).ToArray();
        var rank = new Rank(ranks.Sum(one => one.Nullity), ranks.Min(one => one.Gap));
        return new StreamRank(rank, rank.Nullity > 0 ? None : Some(Resolved(problem, branch, tokens, blocks, values)));
    }

    private static Resolution Resolved(Problem problem, AttentionBranch branch, ProjectedTokens tokens, Matrix[] blocks, double[][] values)
    {
        var prior = TokenFrames.Prior(tokens.Stream);
        var size = tokens.Count / blocks.Length;
        var noise = problem.Observed[0].Map(r => problem.Precision.RoundingError(r) / Math.Sqrt(3));
        var hidden = values.Select((of, k) => of.Count(value => value < Largest(noise, k * size, size) * Math.Sqrt(prior))).Sum();
        var draws = StreamErrors.Draw(branch, tokens, blocks, noise);
        return Resolve.Of(problem, draws, prior, prior, hidden);
    }

    private static double Largest(Matrix noise, int first, int count) =>
        Enumerable.Range(first, count).Max(i => System.Numerics.Tensors.TensorPrimitives.Max(noise.Row(i)));
}
