using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A reading of the tokens so far, as a chain back to the first. <paramref name="Candidate"/> is a row of <see cref="Candidates"/>,
/// <paramref name="Key"/> its keys at this position (length w, the heads side by side), <paramref name="Loss"/> ½χ² of everything up to here.
/// </summary>
internal sealed record Hypothesis(Hypothesis? Parent, int Position, int Candidate, double[] Key, double Loss)
{
    /// <summary>The queries of this token, length w, where later tokens are asked by it.</summary>
    public double[] Query { get; init; } = [];

    /// <summary>The constants c_a of all rows so far, heads side by side, one row after another; only where later tokens add to those rows.</summary>
    public double[] Constants { get; init; } = [];

    /// <summary>The tokens run through the model, where the map is of a later layer.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>The nodes of the chain, first token first.</summary>
    public Hypothesis[] Chain()
    {
        var chain = new Hypothesis[Position + 1];
        for (var node = this; node is not null; node = node.Parent) chain[node.Position] = node;
        return chain;
    }
}
