using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>One row of what was observed of a causal layer. token-search.md (T13), (T19).</summary>
/// <param name="Freedom">Equations that it adds.</param>
/// <param name="Scorer">What is compared with the row: candidates behind a prefix.</param>
/// <param name="Start">The empty prefix.</param>
/// <param name="Ids">Candidate number to token.</param>
/// <param name="Position">The row.</param>
internal sealed record DeepStep(int Freedom, Func<Prefix, Transformers.Extension, ICandidateLoss> Scorer, Prefix Start, int[] Ids, int Position) : IStep
{
    public int Count => Ids.Length;

    // A token changes the states of all later ones in every layer but the first.
    public Kinship Kinship => Kinship.None;

    public Func<ICandidateLoss> Against(Hypothesis? before)
    {
        var prefix = After(before);
        var scorer = Scorer(prefix, prefix.Extend(Ids));
        return () => scorer;
    }

    public Hypothesis Grow(Hypothesis? before, Extension by) =>
        new(before, Position, by.Candidate, [], by.Loss) { Prefix = After(before).Extend([Ids[by.Candidate]]).Take(0) };

    private Prefix After(Hypothesis? before) => before?.Prefix ?? Start;
}
