using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Whether two readings of the same positions decide later steps alike: they may differ in any number of tokens whose keys (and queries, where
/// later tokens are asked by them) no later entry could tell apart, and in one token besides. token-search.md (T9).
/// </summary>
/// <param name="keys">Weight of a unit change of a key, by head.</param>
/// <param name="queries">Likewise of a query; null where no later token is asked.</param>
/// <param name="offsets"><see cref="CandidateProjector.Offsets"/>.</param>
internal sealed class Kinship(double[] keys, double[]? queries, int[] offsets)
{
    // χ² by which one row may see a substituted key and still count it as the same.
    private const double Blind = 25;

    /// <summary>
    /// The median weight of a row stands for a typical entry of the rows to come, and |s·q·Δk| ≤ ‖s·q‖‖Δk‖ with the largest
    /// ‖s·q‖ of each head; the same with the parts of query and key exchanged.
    /// </summary>
    public static double[] Typical(ObservedRow[] row, double[] norms) => [.. row.Zip(norms, (head, norm) => Median(head) * norm * norm)];

    /// <summary>Whether <paramref name="a"/> and <paramref name="b"/>, of equal length, are near relatives.</summary>
    public bool Near(Hypothesis? a, Hypothesis? b)
    {
        var apart = 0;
        for (; !ReferenceEquals(a, b) && apart < 2; a = a!.Parent, b = b!.Parent)
            if (a!.Candidate != b!.Candidate && Visible(a, b) > Blind) apart++;
        return apart < 2;
    }

    private double Visible(Hypothesis a, Hypothesis b) =>
        Visible(keys, a.Key, b.Key) + (queries is null ? 0 : Visible(queries, a.Query, b.Query));

    private double Visible(double[] weights, double[] a, double[] b)
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
