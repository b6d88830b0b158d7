using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>One row of a causal map of any layer. token-search.md (T13).</summary>
/// <param name="Row">The row in every head.</param>
/// <param name="Start">The empty prefix.</param>
/// <param name="Ids">Candidate number to token.</param>
/// <param name="Position">The row.</param>
internal sealed record DeepStep(ObservedRow[] Row, Prefix Start, int[] Ids, int Position) : IStep
{
    public int Count => Ids.Length;

    public int Freedom => Row.Sum(head => head.Freedom);

    // A token changes the states of all later ones in every layer but the first.
    public Kinship Kinship => Kinship.None;

    public Func<ICandidateLoss> Against(Hypothesis? before)
    {
        var scorer = new DeepScorer(Row, [.. After(before).Extend(Ids).Scores]);
        return () => scorer;
    }

    public Hypothesis Grow(Hypothesis? before, Extension by) =>
        new(before, Position, by.Candidate, [], by.Loss) { Prefix = After(before).Extend([Ids[by.Candidate]]).Take(0) };

    private Prefix After(Hypothesis? before) => before?.Prefix ?? Start;

    // Reads only, so that threads may share it.
    private sealed class DeepScorer(ObservedRow[] row, Matrix[] scores) : ICandidateLoss
    {
        public double Loss(int v, double start, double cutoff)
        {
            var loss = start;
            for (var h = 0; h < row.Length && loss < cutoff; h++) loss += 0.5 * row[h].ChiSquare(scores[h].Row(v));
            return loss;
        }
    }
}
