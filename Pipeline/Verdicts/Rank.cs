namespace Unmask.Pipeline.Verdicts;

/// <summary>A numerical rank: how many directions are free, and by how clear a gap.</summary>
internal readonly record struct Rank(int Nullity, double Gap)
{
    private const double UnitRoundoff = 1.2e-16;

    /// <summary>
    /// Reads the rank off the widest gap whose far side is below <paramref name="ceiling"/> times the largest value. Values under the
    /// rounding level N·u·σ₁ count as that level, so an exact zero does not make the gap infinite. docs/closed-form.md (C20).
    /// </summary>
    public static Rank Of(IEnumerable<double> values, double ceiling)
    {
        double[] sorted = [.. values.OrderDescending()];
        var largest = sorted.Length == 0 ? 0 : sorted[0];
        if (largest == 0) return new Rank(sorted.Length, 1);
        var level = sorted.Length * UnitRoundoff * largest;
        var best = new Rank(0, sorted[^1] / level);
        if (sorted[^1] > ceiling * largest) return best;
        best = new Rank(0, 0);
        for (var k = 1; k < sorted.Length; k++)
        {
            if (sorted[k] > ceiling * largest) continue;
            var gap = sorted[k - 1] / Math.Max(sorted[k], level);
            if (gap > best.Gap) best = new Rank(sorted.Length - k, gap);
        }

        return best;
    }
}
