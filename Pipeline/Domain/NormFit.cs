namespace Unmask.Pipeline;

/// <summary>
/// How far an answer is from the outputs of the norm before its layer, in standard deviations of what noise leaves, and its mirror image where
/// it has one that explains the observation as well. docs/identifiability.md (N16), (N17).
/// </summary>
public sealed record NormFit(double Misfit, Option<double> Mirrored)
{
    // Noise may be thought too small, by two or three times where maps are saturated.
    private const double Misjudged = 3;

    private const double Fits = 10;
    private const double Apart = 10;

    /// <summary>Whether the norm takes the answer and refuses its mirror image.</summary>
    public bool Settles => Misfit <= Fits && Mirrored.Exists(misfit => misfit >= Apart * Math.Max(Misjudged, Misfit));
}
