namespace Unmask.Pipeline.Solvers;

/// <summary>½χ² of what one more token adds to a reading, for any candidate.</summary>
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
    Candidates Candidates { get; }

    /// <summary>Equations that this step adds, less the row constants that it brings.</summary>
    int Freedom { get; }

    /// <summary>Which readings decide later steps alike.</summary>
    Kinship Kinship { get; }

    /// <summary>What each candidate would add to <paramref name="before"/>, a reading of the earlier steps; null at the first.</summary>
    ICandidateLoss Scorer(Hypothesis? before);

    /// <summary>A reading extended by one candidate.</summary>
    Hypothesis Grow(Hypothesis? before, Extension by);
}
