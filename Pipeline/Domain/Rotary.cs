namespace Unmask.Pipeline;

/// <summary>Which coordinates of a query or key turn together.</summary>
public enum RotaryPairs
{
    /// <summary>c and c + half of those that turn: rotate-half.</summary>
    Halves,

    /// <summary>2c and 2c + 1: interleaved.</summary>
    Neighbours,
}

/// <summary>
/// Rotary positions: pair c of every query and key is turned by position × <paramref name="Frequencies"/>[c], in radians. Coordinates beyond the
/// pairs stay as they are.
/// </summary>
public sealed record Rotary(Seq<double> Frequencies, RotaryPairs Pairs)
{
    /// <summary>θ^(−2c/width) for the width/2 pairs of a head: derivation.md (15).</summary>
    public static Rotary Of(double theta, int width, RotaryPairs pairs = RotaryPairs.Halves) =>
        new(toSeq(Enumerable.Range(0, width / 2)).Map(c => Math.Pow(theta, -2.0 * c / width)).Strict(), pairs);

    /// <summary>The coordinates of pair c.</summary>
    public (int First, int Second) Pair(int c) => Pairs == RotaryPairs.Halves ? (c, c + Frequencies.Count) : (2 * c, 2 * c + 1);
}
