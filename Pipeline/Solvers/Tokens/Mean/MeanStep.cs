namespace Unmask.Pipeline.Solvers;

/// <summary>A step of a causal map that is a mean over heads: row i, which depends on tokens 0 … i alone. token-search.md (T15).</summary>
/// <param name="Row">Row i.</param>
/// <param name="Candidates">The candidates at position i.</param>
/// <param name="Offsets"><see cref="StateProjector.Offsets"/>.</param>
internal sealed record MeanStep(MeanRow Row, Candidates Candidates, int[] Offsets) : IStep
{
    // The first rows hold one number for two tokens, then two for the third: nearly every pair that the format allows is still there after row 1.
    private const int Widest = 65_536;

    public int Position => Candidates.Position;

    public int Count => Candidates.Count;

    public int Freedom => Row.Freedom;

    public int Capacity => Math.Max(Beam.Capacity(Position), Widest >> Math.Min(30, 2 * Math.Max(0, Position - 1)));

    public Kinship Kinship
    {
        get
        {
            var typical = Row.Typical();
            return Kinship.ByKeys([.. Candidates.QueryNorms.Select(norm => typical * norm * norm)], Offsets);
        }
    }

    public Func<ICandidateLoss> Against(Hypothesis? before) => () => new MeanRowScorer(Row, Candidates, Offsets, before);

    public Hypothesis Grow(Hypothesis? before, Extension by) =>
        new(before, Candidates.Position, by.Candidate, Candidates.KeyOf(by.Candidate), by.Loss);
}
