using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline;

/// <summary>The normalisation that stands before the projections of a layer.</summary>
public abstract record Norm
{
    private Norm()
    {
    }

    /// <summary>x ↦ x, where a model has none.</summary>
    public sealed record Identity : Norm;

    /// <summary>x ↦ gain ∘ x / √(mean(x²) + ε).</summary>
    public sealed record Rms(Seq<double> Gain, double Epsilon) : Norm;

    /// <summary>x ↦ gain ∘ (x − mean(x)) / √(var(x) + ε) + bias.</summary>
    public sealed record Layer(Seq<double> Gain, Seq<double> Bias, double Epsilon) : Norm;
}

/// <summary>
/// The finite set of states that can enter layer 0: norm(embedding[token] + position[i]).
/// <paramref name="Embedding"/> is V×d; <paramref name="Positions"/>, where the model learns them, is (at least n)×d.
/// </summary>
public sealed record Vocabulary(Matrix Embedding, Option<Matrix> Positions, Norm Norm)
{
    public int Size => Embedding.Rows;

    /// <summary>Tokens that every input has: position to id, [CLS] first, say.</summary>
    public Map<int, int> Known { get; init; }
}

/// <summary>Token ids to text.</summary>
public interface ITokenizer
{
    /// <summary>The text of a sequence, special tokens left out, as the model's own tokenizer joins it.</summary>
    string Decode(Seq<int> ids);

    /// <summary>The piece of one id, as written in the vocabulary.</summary>
    string Piece(int id);

    /// <summary>The id of a piece that is written exactly so in the vocabulary.</summary>
    Option<int> Id(string piece);
}

/// <summary>What is needed of a model on disk: its attention layers, the vocabulary in front of layer 0, and its tokenizer.</summary>
public sealed record Checkpoint(
    string Path, string Name, string Architecture, int D, Seq<AttentionLayer> Layers, Option<Vocabulary> Vocabulary, Option<ITokenizer> Tokenizer)
{
    /// <summary>What makes the states of n tokens, at most <see cref="Positions"/>, out of features, for models that have no vocabulary.</summary>
    public Option<Func<int, FrontEnd>> FrontEnd { get; init; }

    /// <summary>Columns of X at layer 0 that every input has, such as a class token.</summary>
    public Map<int, Seq<double>> Known { get; init; }

    /// <summary>The most tokens it has positions for; no limit where positions are computed.</summary>
    public Option<int> Positions { get; init; }

    /// <summary>The whole model, for its forward pass; read when first asked for, since it is most of the checkpoint.</summary>
    public Fin<Transformer> Transformer => Whole.Value;

    internal Lazy<Fin<Transformer>> Whole { get; init; } = new(() => Faults.NoForwardPass("this model", "nothing but its attention is known"));
}
