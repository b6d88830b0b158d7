namespace Unmask.Pipeline.Solvers;

/// <summary>A step at which the token is known.</summary>
internal sealed record KnownStep(IStep Step, int Candidate) : IStep
{
    public Candidates Candidates => Step.Candidates;

    public int Freedom => Step.Freedom;

    public Kinship Kinship => Step.Kinship;

    public ICandidateLoss Scorer(Hypothesis? before) => new Only(Step.Scorer(before), Candidate);

    public Hypothesis Grow(Hypothesis? before, Extension by) => Step.Grow(before, by);

    private sealed record Only(ICandidateLoss Inner, int Candidate) : ICandidateLoss
    {
        public double Loss(int v, double start, double cutoff) =>
            v == Candidate ? Inner.Loss(v, start, cutoff) : double.PositiveInfinity;
    }
}
