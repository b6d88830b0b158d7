namespace Unmask.Pipeline.Solvers;

/// <summary>Variance from storing a number: a rounding error spread evenly over ±ε has variance ε²/3. token-search.md (T5).</summary>
internal static class StorageNoise
{
    public static double Of(Precision precision, double value)
    {
        var error = precision.RoundingError(value);
        return error * error / 3;
    }

    /// <summary>
    /// Of log p. The longer side of the interval [log(p − ε), log(p + ε)] is taken: at one decimal the two sides differ by 70 %.
    /// A stored p that is not zero is at least 2ε, so the logarithm exists.
    /// </summary>
    public static double OfLog(Precision precision, double p)
    {
        var error = -Math.Log(1 - Math.Min(0.5, precision.RoundingError(p) / p));
        return error * error / 3;
    }
}

/// <summary>Variance from computing the map in float32, the best a model is run in. token-search.md (T6).</summary>
internal static class ArithmeticNoise
{
    private const double Unit = 1.0 / (1 << 24);

    /// <summary>
    /// Of one score. Sums of m products drift like a random walk, √(m/6) units of their value: twice d terms for the projections and d_h for
    /// the score, each measured against the bound Σ|q_c k_c| ≤ ‖q‖‖k‖. A rotary angle in float32 is off by up to one unit of its value.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="headWidth">d_h.</param>
    /// <param name="position">The row i; columns lie at or before it.</param>
    /// <param name="bound">s·‖q‖‖k‖, the largest any candidates can reach.</param>
    public static double OfScore(AttentionLayer layer, int headWidth, int position, double bound)
    {
        var drift = (2.0 * layer.D + headWidth) / 6;
        var angle = layer.Rotary.IsSome ? 2.0 * position * position / 3 : 0;
        return Unit * Unit * bound * bound * (drift + angle);
    }

    /// <summary>
    /// Of one entry of the residual stream: in each of the layers so far two sums of at most 4d products, measured against the stream's norm. token-search.md (T20).
    /// </summary>
    /// <param name="d">Entries of a token.</param>
    /// <param name="layer">Whose stream, counted from 0.</param>
    /// <param name="norm">Of the token's stream.</param>
    public static double OfStream(int d, int layer, double norm) => Unit * Unit * norm * norm * (layer + 1) * 8 * d / 6;

    /// <summary>Of log p: the difference to the row's largest score is rounded, then exponential, sum and quotient by about a unit each.</summary>
    /// <param name="ratio">p over the largest p of its row.</param>
    public static double OfSoftmax(double ratio)
    {
        var depth = Math.Log(ratio);
        return Unit * Unit * (depth * depth / 3 + 3);
    }
}
