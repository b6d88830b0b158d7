namespace Unmask.Pipeline.Solvers;

/// <summary>A reading that no change of a single token improves.</summary>
/// <param name="Candidates">By position.</param>
/// <param name="Losses">½χ² of what depends on a position, for every candidate there with all other tokens as they are (V), by position.</param>
/// <param name="Misfits">φ of (T9) by position.</param>
/// <param name="Loss">½χ² of everything.</param>
internal sealed record Settled(int[] Candidates, double[][] Losses, double[] Misfits, double Loss);
