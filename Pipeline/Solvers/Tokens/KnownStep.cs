namespace Unmask.Pipeline.Solvers;

/// <summary>A step at which the token is known.</summary>
internal sealed record KnownStep(IStep Step, int Candidate) : IStep
{
    public int Position => Step.Position;

    public int Count => Step.Count;

    public int Freedom => Step.Freedom;

    public int Capacity => Step.Capacity;

    public Kinship Kinship => Step.Kinship;

    /// <summary>The step as it was before its token was known.</summary>
    public static IStep Plain(IStep step) => step is KnownStep known ? known.Step : step;

    public Func<ICandidateLoss> Against(Hypothesis? before)
    {
        var inner = Step.Against(before);
        return () => new Only(inner(), Candidate);
    }

    public Hypothesis Grow(Hypothesis? before, Extension by) => Step.Grow(before, by);

    private sealed record Only(ICandidateLoss Inner, int Candidate) : ICandidateLoss
    {
        public double Loss(int v, double start, double cutoff) =>
            v == Candidate ? Inner.Loss(v, start, cutoff) : double.PositiveInfinity;
    }
}
