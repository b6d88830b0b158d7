using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// BERT: LayerNorm after each half of a block and after the embeddings (word + position + type 0), biases, unmasked. A checkpoint without word
/// embeddings has no vocabulary; its attention is read all the same.
/// </summary>
internal static class Bert
{
    public static Fin<Model> Read(JsonFields json, ModelTensors saved) =>
        from config in EncoderConfig.Read(json)
        let tensors = saved.Under("bert.")
        from parts in (Encoder.Bert.Layers(config, tensors, biased: true).Check(), Vocabulary(config, tensors).Check())
            .Apply((layers, vocabulary) => (layers, vocabulary)).Enter()
        select new Model(
            config.D, parts.layers, parts.vocabulary,
            () => Encoder.Bert.Whole(config, json, tensors, parts.layers).Map(model => model with { Tokens = parts.vocabulary.Map(Entrance) }));

    private static Fin<Option<Vocabulary>> Vocabulary(EncoderConfig config, ModelTensors tensors) =>
        !tensors.Holds("embeddings.word_embeddings.weight")
            ? Option<Vocabulary>.None
            : (tensors.Table("embeddings.word_embeddings.weight", config.D).Check(),
                    tensors.Table("embeddings.position_embeddings.weight", config.D).Check(),
                    tensors.Table("embeddings.token_type_embeddings.weight", config.D).Check(),
                    tensors.LayerNorm("embeddings.LayerNorm", config.D, config.Epsilon).Check())
                .Apply((words, positions, types, norm) => Some(new Vocabulary(Typed(words, types), positions, norm)))
                .Enter();

    // All tokens of a single text are of type 0.
    private static Matrix Typed(Matrix words, Matrix types) => Matrix.Create(words.Rows, words.Columns, (v, c) => words[v, c] + types[0, c]);

    private static TokenEmbedding Entrance(Vocabulary vocabulary) => new(vocabulary.Embedding, vocabulary.Positions, vocabulary.Norm);
}
