using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>What an architecture reads out of a checkpoint: the layers' projections and the states that can enter the first.</summary>
internal sealed record Model(int D, Seq<AttentionLayer> Layers, Vocabulary Vocabulary);

/// <summary>A family of checkpoints: its name in config.json and how its config and tensors become a model.</summary>
internal sealed record Architecture(string ModelType, Func<JsonFields, ModelTensors, Fin<Model>> Read)
{
    /// <summary>Every family that is understood. A new one is added here.</summary>
    public static Seq<Architecture> All { get; } = Seq(new Architecture("llama", Llama.Read), new Architecture("gpt2", Gpt2.Read));

    public static Fin<Architecture> Of(JsonFields config) =>
        from type in config.Text("model_type")
        from known in All.Find(one => one.ModelType == type).ToFin(Faults.UnknownModelType(config.Path, type, All.Map(one => one.ModelType)))
        select known;
}
