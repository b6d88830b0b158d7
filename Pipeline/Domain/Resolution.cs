namespace Unmask.Pipeline;

/// <summary>
/// What the noise of an observation leaves of X (d×n), its entries taken to be of one size before anything was observed. docs/identifiability.md
/// (N12)–(N14).
/// </summary>
/// <param name="Size">The root mean square of the entries of X.</param>
/// <param name="Hidden">Directions of X that move the observation by less than its noise while they move by their own size; free ones among them.</param>
/// <param name="FreePerToken">For every token how many of its d directions remain free, about: the posterior variance over <paramref name="Size"/>².</param>
/// <param name="Features">
/// Orthogonal directions of feature space, the best determined first, over the tokens that are determined, or over all where none is.
/// </param>
/// <param name="Error">Predicted relative error of a token that is determined, the median; NaN where none is.</param>
public sealed record Resolution(double Size, int Hidden, Seq<double> FreePerToken, Seq<FeatureDirection> Features, double Error)
{
    /// <summary>How the answer, and its mirror image, fit the norm before the layer, where that is known.</summary>
    public Option<NormFit> Norm { get; init; }

    // Of a token's directions: half of one is one that noise makes as large as itself.
    internal const double HalfADirection = 0.5;

    /// <summary>The tokens of which at least a direction is not determined.</summary>
    public Seq<int> Undetermined => toSeq(Enumerable.Range(0, FreePerToken.Count)).Filter(i => FreePerToken[i] >= HalfADirection).Strict();

    /// <summary>How many directions of feature space are determined.</summary>
    public int Determined => Features.Count(direction => direction.Determined);
}

/// <summary>A unit vector of feature space, length d, and the predicted error of X along it, relative to the size of X.</summary>
public sealed record FeatureDirection(Seq<double> Direction, double Error)
{
    // Relative to what is known before: one token in a hundred may be free along it.
    private const double Certain = 0.1;

    public bool Determined => Error < Certain;
}
