namespace Unmask.Pipeline.Solvers;

/// <summary>A step of a causal map: row i, which depends on tokens 0 … i alone. token-search.md (T7).</summary>
/// <param name="Row">Row i of every head.</param>
/// <param name="Candidates">The candidates at position i.</param>
/// <param name="Offsets"><see cref="StateProjector.Offsets"/>.</param>
internal sealed record CausalStep(ObservedRow[] Row, Candidates Candidates, int[] Offsets) : IStep
{
    public int Position => Candidates.Position;

    public int Count => Candidates.Count;

    public int Freedom => Row.Sum(head => head.Freedom);

    public Kinship Kinship => Kinship.ByKeys(Kinship.Typical(Row, Candidates.QueryNorms), Offsets);

    public Func<ICandidateLoss> Against(Hypothesis? before) => () => new RowScorer(Row, Candidates, Offsets, before);

    public Hypothesis Grow(Hypothesis? before, Extension by) =>
        new(before, Candidates.Position, by.Candidate, Candidates.KeyOf(by.Candidate), by.Loss);
}
