using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>What an architecture reads out of a checkpoint: the layers' projections and the states that can enter the first.</summary>
internal sealed record Model(int D, Seq<AttentionLayer> Layers, Option<Vocabulary> Vocabulary, Func<Fin<Transformer>> Whole)
{
    /// <summary>See <see cref="Checkpoint.Positions"/>.</summary>
    public Option<int> Positions { get; init; } = Vocabulary.Bind(vocabulary => vocabulary.Positions).Map(positions => positions.Rows);

    /// <summary>See <see cref="Checkpoint.FrontEnd"/>.</summary>
    public Option<Func<int, FrontEnd>> FrontEnd { get; init; }

    /// <summary>See <see cref="Checkpoint.Known"/>.</summary>
    public Map<int, Seq<double>> Known { get; init; }
}

/// <summary>A family of checkpoints: its name in config.json and how its config and tensors become a model.</summary>
internal sealed record Architecture(string ModelType, Func<JsonFields, ModelTensors, Fin<Model>> Read)
{
    /// <summary>Every family that is understood. A new one is added here.</summary>
    public static Seq<Architecture> All { get; } = Seq(
        new Architecture("llama", Llama.Read), new Architecture("mistral", Llama.Read), new Architecture("qwen2", Llama.Read),
        new Architecture("gpt2", Gpt2.Read), new Architecture("bert", Bert.Read), new Architecture("vit", Vit.Read), new Architecture("kwt", Kwt.Read));

    public static Fin<Architecture> Of(JsonFields config) =>
        from type in config.Text("model_type")
        from known in All.Find(one => one.ModelType == type).ToFin(Faults.UnknownModelType(config.Path, type, All.Map(one => one.ModelType)))
        select known;
}
