namespace Unmask.Pipeline.Transformers;

/// <summary>What every candidate for the next token would make of a prefix.</summary>
public sealed class Extension
{
    private readonly Prefix _prefix;
    private readonly Matrix _streams;
    private readonly Past[] _past;
    private readonly Lazy<Seq<Matrix>> _scores;

    internal Extension(Prefix prefix, Matrix streams)
    {
        (_prefix, _streams) = (prefix, streams);
        _past = [.. Enumerable.Range(0, prefix.Layer + 1).Select(layer => Past.Of(prefix.Tokens, layer, prefix.Prepared.Attention(layer)))];
        (Streams, States) = Candidates.At(prefix.Prepared, _past, prefix.Length, streams);
        _scores = new(() => Candidates.Scores(prefix.Prepared, _past[^1], prefix.Length, States));
    }

    /// <summary>The streams that enter the block of the prefix's layer, count×d: the states before the norm, where one stands there.</summary>
    public Matrix Streams { get; }

    /// <summary>The states entering the projections of the prefix's layer, count×d: one row per candidate.</summary>
    public Matrix States { get; }

    /// <summary>
    /// S = s·q Kᵀ of that layer for every head, count×(length + 1): the row of scores that every candidate would have, its own key last.
    /// −∞ where a key is too far back to be seen. Computed when asked for.
    /// </summary>
    public Seq<Matrix> Scores => _scores.Value;

    /// <summary>The prefix with one of the candidates as its last token.</summary>
    public Prefix Take(int candidate) => new(_prefix.Prepared, _prefix.Tokens.Add(
        Candidates.Cached(_prefix.Prepared, _past, _prefix.Length, _streams.Row(candidate), States.Row(candidate))));
}
