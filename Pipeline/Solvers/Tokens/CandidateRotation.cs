namespace Unmask.Pipeline.Solvers;

/// <summary>Turns the queries or keys of all candidates to one position: the angles are the same for all of them.</summary>
internal static class CandidateRotation
{
    /// <param name="rotary">The layer's rotary embedding.</param>
    /// <param name="position">The position.</param>
    /// <param name="rows">V×w, the heads side by side; turned in place.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    public static void Apply(Rotary rotary, int position, double[] rows, int[] offsets)
    {
        for (var h = 0; h + 1 < offsets.Length; h++)
        {
            var (start, width) = (offsets[h], offsets[h + 1] - offsets[h]);
            // A pair of (1, 0) turns into (cos, sin): the angles stay defined in one place.
            var angles = new double[width];
            for (var c = 0; c < rotary.Frequencies.Count; c++) angles[rotary.Pair(c).First] = 1;
            Rotation.Apply(rotary, position, angles);
            var pairs = Enumerable.Range(0, rotary.Frequencies.Count).Select(rotary.Pair).ToArray();
            for (var at = start; at < rows.Length; at += offsets[^1])
            {
                var vector = rows.AsSpan(at, width);
                foreach (var (first, second) in pairs)
                {
                    var (a, b) = (vector[first], vector[second]);
                    vector[first] = a * angles[first] - b * angles[second];
                    vector[second] = b * angles[first] + a * angles[second];
                }
            }
        }
    }
}
