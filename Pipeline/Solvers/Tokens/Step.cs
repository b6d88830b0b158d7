namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of what one more token adds to a reading, for any candidate. Belongs to one thread.</summary>
internal interface ICandidateLoss
{
    /// <summary>
    /// <paramref name="start"/> plus ½χ² of candidate <paramref name="v"/>. The sum stops once it reaches <paramref name="cutoff"/>: what is
    /// returned then is a lower bound.
    /// </summary>
    double Loss(int v, double start, double cutoff);
}

/// <summary>One step of a reading: the candidates at one position and the observations that they and the tokens before them decide.</summary>
internal interface IStep
{
    /// <summary>Steps before this one.</summary>
    int Position { get; }

    /// <summary>How many candidates there are.</summary>
    int Count { get; }

    /// <summary>Equations that this step adds, less the row constants that it brings.</summary>
    int Freedom { get; }

    /// <summary>The most readings kept after this step.</summary>
    int Capacity => Beam.Capacity(Position);

    /// <summary>Which readings decide later steps alike.</summary>
    Kinship Kinship { get; }

    /// <summary>
    /// What each candidate would add to <paramref name="before"/>, a reading of the earlier steps (null at the first), for as many threads as ask.
    /// </summary>
    Func<ICandidateLoss> Against(Hypothesis? before);

    /// <summary>A reading extended by one candidate.</summary>
    Hypothesis Grow(Hypothesis? before, Extension by);
}

/// <summary>The steps in which the tokens behind a map are read; asked for one after another, once each.</summary>
internal interface IStepSource
{
    /// <summary>The position that each step reads.</summary>
    int[] Order { get; }

    /// <param name="beam">The readings so far, best first; a single null before the first step.</param>
    IStep Next(IReadOnlyList<Hypothesis?> beam);

    /// <summary>The first two tokens read together, where one alone observes nothing.</summary>
    Frontier Pair(IStep first, IStep second, ParallelOptions parallel);
}
