namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A reading of the tokens so far, as a chain back to the first. <paramref name="Candidate"/> is a row of <see cref="Candidates"/>,
/// <paramref name="Key"/> its keys at this position (length w, the heads side by side), <paramref name="Loss"/> ½χ² of all rows up to here.
/// </summary>
internal sealed record Hypothesis(Hypothesis? Parent, int Position, int Candidate, double[] Key, double Loss)
{
    /// <summary>The nodes of the chain, first token first.</summary>
    public Hypothesis[] Chain()
    {
        var chain = new Hypothesis[Position + 1];
        for (var node = this; node is not null; node = node.Parent) chain[node.Position] = node;
        return chain;
    }
}
