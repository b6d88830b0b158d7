namespace Unmask.Pipeline;

/// <summary>Rotary position embedding, rotate-half form: derivation.md (15).</summary>
public static class Rotation
{
    /// <summary>Rotates one query or key of length d_h, in place, to its position.</summary>
    public static void Apply(Rotary rotary, int position, Span<double> vector)
    {
        var half = vector.Length / 2;
        for (var c = 0; c < half; c++)
        {
            var (sin, cos) = Math.SinCos(position * Math.Pow(rotary.Theta, -2.0 * c / vector.Length));
            var (a, b) = (vector[c], vector[c + half]);
            vector[c] = a * cos - b * sin;
            vector[c + half] = b * cos + a * sin;
        }
    }
}
