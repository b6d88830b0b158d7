namespace Unmask.Pipeline;

/// <summary>Rotary position embedding: derivation.md (15).</summary>
public static class Rotation
{
    /// <summary>Turns one query or key of length d_h, in place, to its position.</summary>
    public static void Apply(Rotary rotary, int position, Span<double> vector)
    {
        for (var c = 0; c < rotary.Frequencies.Count; c++)
        {
            var (sin, cos) = Math.SinCos(position * rotary.Frequencies[c]);
            var (first, second) = rotary.Pair(c);
            var (a, b) = (vector[first], vector[second]);
            vector[first] = a * cos - b * sin;
            vector[second] = b * cos + a * sin;
        }
    }
}
