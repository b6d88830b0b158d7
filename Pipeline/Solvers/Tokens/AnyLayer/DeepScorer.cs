namespace Unmask.Pipeline.Solvers;

/// <summary>Rows of scores against a row of a map in every head. Reads only, so that threads may share it.</summary>
internal sealed class DeepScorer(ObservedRow[] row, Matrix[] scores) : ICandidateLoss
{
    public double Loss(int v, double start, double cutoff)
    {
        var loss = start;
        for (var h = 0; h < row.Length && loss < cutoff; h++) loss += 0.5 * row[h].ChiSquare(scores[h].Row(v));
        return loss;
    }
}
