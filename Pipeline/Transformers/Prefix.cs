using System.Collections.Immutable;

namespace Unmask.Pipeline.Transformers;

/// <summary>
/// The beginning of a sequence in a causal model, run up to the projections of one layer. A value: extending it leaves it as it is, and
/// prefixes share what they have in common.
/// </summary>
public sealed class Prefix
{
    internal Prefix(PrefixModel prepared, ImmutableList<CachedToken> tokens) => (Prepared, Tokens) = (prepared, tokens);

    public Transformer Model => Prepared.Model;

    /// <summary>The layer whose states are wanted.</summary>
    public int Layer => Prepared.Layer;

    /// <summary>Tokens so far.</summary>
    public int Length => Tokens.Count;

    /// <summary>The states entering the projections of layer <see cref="Layer"/>, d×length.</summary>
    public Matrix States => Matrix.Own(Length, Model.D, [.. Tokens.SelectMany(token => token.State)]).Transpose();

    /// <summary>The streams that enter the block of layer <see cref="Layer"/>, d×length.</summary>
    public Matrix Streams => Matrix.Own(Length, Model.D, [.. Tokens.SelectMany(token => token.Stream)]).Transpose();

    internal PrefixModel Prepared { get; }

    internal ImmutableList<CachedToken> Tokens { get; }

    /// <summary>
    /// No token yet. The model must be causal (263) and have layer <paramref name="layer"/> (264). Threads: all of this machine unless told; no
    /// bit depends on them.
    /// </summary>
    public static Fin<Prefix> Of(Transformer model, int layer, Option<int> threads = default) =>
        from causal in Door.Require(model.IsCausal, Faults.NotCausal)
        from there in Door.Require(layer >= 0 && layer < model.Blocks.Count, () => Faults.NoSuchLayer("this model", layer, model.Blocks.Count))
        select new Prefix(PrefixModel.Of(model, layer, threads.IfNone(Environment.ProcessorCount)), []);

    /// <summary>Each of these tokens as the next one. The model must have a vocabulary with these ids, and a position left.</summary>
    public Extension Extend(ReadOnlySpan<int> candidates)
    {
        var tokens = Model.Tokens.IfNone(() => throw new InvalidOperationException("The model has no embedding of tokens."));
        var rows = new double[candidates.Length * Model.D];
        for (var i = 0; i < candidates.Length; i++) tokens.Write(candidates[i], Length, rows.AsSpan(i * Model.D, Model.D));
        return Extend(Matrix.Own(candidates.Length, Model.D, rows));
    }

    /// <summary>Each row of <paramref name="streams"/> (count×d), a stream before the first block with its position in it, as the next one.</summary>
    public Extension Extend(Matrix streams) => new(this, streams);
}
