using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Whether two readings of the same positions decide later steps alike: they may differ in any number of tokens that no later entry could tell
/// apart, and in one token besides. token-search.md (T9).
/// </summary>
internal sealed class Kinship
{
    // χ² by which one row may see a substituted key and still count it as the same.
    private const double Blind = 25;

    private readonly Func<Hypothesis, Hypothesis, double> _visible;
    private readonly int _most;

    private Kinship(Func<Hypothesis, Hypothesis, double> visible, int most) => (_visible, _most) = (visible, most);

    /// <summary>Nobody is anybody's relative.</summary>
    public static Kinship None { get; } = new((_, _) => double.PositiveInfinity, 0);

    /// <summary>Later tokens ask for keys.</summary>
    /// <param name="keys">Weight of a unit change of a key, by head.</param>
    /// <param name="offsets"><see cref="StateProjector.Offsets"/>.</param>
    public static Kinship ByKeys(double[] keys, int[] offsets) => new((a, b) => Visible(keys, offsets, a.Key, b.Key), 1);

    /// <summary>Later tokens ask for keys and are asked by queries.</summary>
    public static Kinship ByBoth(double[] keys, double[] queries, int[] offsets) =>
        new((a, b) => Visible(keys, offsets, a.Key, b.Key) + Visible(queries, offsets, a.Query, b.Query), 1);

    /// <summary>
    /// The median weight of a row stands for a typical entry of the rows to come, and |s·q·Δk| ≤ ‖s·q‖‖Δk‖ with the largest
    /// ‖s·q‖ of each head; the same with the parts of query and key exchanged.
    /// </summary>
    public static double[] Typical(ObservedRow[] row, double[] norms) => [.. row.Zip(norms, (head, norm) => Median(head) * norm * norm)];

    /// <summary>Whether <paramref name="a"/> and <paramref name="b"/>, of equal length, are near relatives.</summary>
    public bool Near(Hypothesis? a, Hypothesis? b)
    {
        var apart = 0;
        for (; !ReferenceEquals(a, b) && apart <= _most; a = a!.Parent, b = b!.Parent)
            if (a!.Candidate != b!.Candidate && _visible(a, b) > Blind) apart++;
        return apart <= _most;
    }

    private static double Visible(double[] weights, int[] offsets, double[] a, double[] b)
    {
        var total = 0.0;
        for (var h = 0; h < weights.Length; h++)
        {
            var distance = TensorPrimitives.Distance<double>(a.AsSpan(offsets[h]..offsets[h + 1]), b.AsSpan(offsets[h]..offsets[h + 1]));
            total += weights[h] * distance * distance;
        }

        return total;
    }

    private static double Median(ObservedRow head)
    {
        var weights = head.Weight.Where(w => w > 0).Order().ToArray();
        return weights.Length > 0 ? weights[weights.Length / 2] : 0;
    }
}
