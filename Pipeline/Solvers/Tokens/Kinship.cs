using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Whether two readings of the same positions decide later rows alike: they may differ in any number of tokens whose keys no row like this one
/// could tell apart, and in one token besides. token-search.md (T9).
/// </summary>
internal sealed class Kinship
{
    // χ² by which one row may see a substituted key and still count it as the same.
    private const double Blind = 25;

    private readonly double[] _weights;
    private readonly int[] _offsets;

    /// <param name="row">Row i of every head: its median weight stands for a typical entry of the rows to come.</param>
    /// <param name="queryNorms">The largest ‖s·q‖ of each head: |s·q·Δk| ≤ ‖s·q‖‖Δk‖.</param>
    /// <param name="offsets"><see cref="CandidateProjector.Offsets"/>.</param>
    public Kinship(ObservedRow[] row, double[] queryNorms, int[] offsets)
    {
        _offsets = offsets;
        _weights = [.. row.Zip(queryNorms, (head, norm) => Median(head) * norm * norm)];
    }

    /// <summary>Whether <paramref name="a"/> and <paramref name="b"/>, of equal length, are near relatives.</summary>
    public bool Near(Hypothesis? a, Hypothesis? b)
    {
        var apart = 0;
        for (; !ReferenceEquals(a, b) && apart < 2; a = a!.Parent, b = b!.Parent)
            if (a!.Candidate != b!.Candidate && Visible(a.Key, b.Key) > Blind) apart++;
        return apart < 2;
    }

    private double Visible(double[] a, double[] b)
    {
        var total = 0.0;
        for (var h = 0; h < _weights.Length; h++)
        {
            var distance = TensorPrimitives.Distance<double>(a.AsSpan(_offsets[h].._offsets[h + 1]), b.AsSpan(_offsets[h].._offsets[h + 1]));
            total += _weights[h] * distance * distance;
        }

        return total;
    }

    private static double Median(ObservedRow head)
    {
        var weights = head.Weight.Where(w => w > 0).Order().ToArray();
        return weights.Length > 0 ? weights[weights.Length / 2] : 0;
    }
}
