namespace Unmask.Pipeline.Transformers;

/// <summary>
/// The beginning of a sequence in a causal model, run up to the projections of one layer. A value: extending it leaves it as it is, and
/// prefixes share what they have in common.
/// </summary>
public sealed class Prefix
{
    /// <summary>No token yet. The model must be causal (263) and have layer <paramref name="layer"/> (264).</summary>
    public static Fin<Prefix> Of(Transformer model, int layer) => throw new NotSupportedException();

    public Transformer Model { get; } = null!;

    /// <summary>The layer whose states are wanted.</summary>
    public int Layer { get; }

    /// <summary>Tokens so far.</summary>
    public int Length { get; }

    /// <summary>The states entering the projections of layer <see cref="Layer"/>, d×length.</summary>
    public Matrix States => throw new NotSupportedException();

    /// <summary>Each of these tokens as the next one. The model must have a vocabulary.</summary>
    public Extension Extend(ReadOnlySpan<int> candidates) => throw new NotSupportedException();

    /// <summary>Each row of <paramref name="streams"/> (count×d), a stream before the first block with its position in it, as the next one.</summary>
    public Extension Extend(Matrix streams) => throw new NotSupportedException();
}

/// <summary>What every candidate for the next token would make of a prefix.</summary>
public sealed class Extension
{
    /// <summary>The states entering the projections of the prefix's layer, count×d: one row per candidate.</summary>
    public Matrix States => throw new NotSupportedException();

    /// <summary>
    /// S = s·q Kᵀ of that layer for every head, count×(length + 1): the row of scores that every candidate would have, its own key last.
    /// Computed when asked for.
    /// </summary>
    public Seq<Matrix> Scores => throw new NotSupportedException();

    /// <summary>The prefix with one of the candidates as its last token.</summary>
    public Prefix Take(int candidate) => throw new NotSupportedException();
}
