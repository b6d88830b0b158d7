using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// A folder as Hugging Face lays it out: config.json, model.safetensors, tokenizer.json where it has a vocabulary. An unmask.json stands in for the
/// config of a model that is not known here.
/// </summary>
internal static class CheckpointFolder
{
    public static Fin<Checkpoint> Read(string folder) =>
        from exists in Door.Require(Directory.Exists(folder), () => Faults.NoSuchFile(folder))
        from parts in (Configured(folder).Check(), ModelTensors.Open(folder).Check(), TokenizerIn(folder).Check())
            .Apply((configured, tensors, tokenizer) => (configured, tensors, tokenizer)).Enter()
        let architecture = parts.configured.Architecture
        from model in architecture.Read(parts.configured.Config, parts.tensors)
        select new Checkpoint(
            folder, NameOf(folder), architecture.ModelType, model.D, model.Layers, model.Vocabulary, parts.tokenizer)
        {
            Positions = model.Positions,
            FrontEnd = model.FrontEnd,
            Known = model.Known,
            Whole = new(model.Whole),
        };

    // What a user says of a model stands before what its config says.
    private static Fin<(JsonFields Config, Architecture Architecture)> Configured(string folder) =>
        File.Exists(Path.Combine(folder, Generic.FileName))
            ? Json.Read(Path.Combine(folder, Generic.FileName)).Map(map => (map, new Architecture("generic", Generic.Read)))
            : from config in Json.Read(Path.Combine(folder, "config.json"))
              from architecture in Architecture.Of(config)
              select (config, architecture);

    private static Fin<Option<ITokenizer>> TokenizerIn(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        return File.Exists(path) ? Tokenizer.Read(path).Map(Some) : Option<ITokenizer>.None;
    }

    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
