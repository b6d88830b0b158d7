using Unmask.Pipeline;
using Unmask.Pipeline.Formats;

namespace Unmask.PropertyTests.Architectures;

/// <summary>A copy of a sample model in a folder of its own, with another config or other tensors.</summary>
internal sealed class AlteredModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AlteredModel(string sample) : this(
        File.ReadAllText(Path.Combine(SamplePaths.Model(sample), "config.json")),
        [.. TensorFile.Open(Path.Combine(SamplePaths.Model(sample), "model.safetensors")).Value().Tensors])
    {
    }

    public AlteredModel(string config, params NamedTensor[] tensors) => (Config, Tensors) = (config, tensors);

    public string Config { get; private set; }

    public NamedTensor[] Tensors { get; private set; }

    public AlteredModel Replace(string old, string changed)
    {
        Config = Config.Contains(old) ? Config.Replace(old, changed) : throw new ArgumentException($"{old} is not in the config.");
        return this;
    }

    /// <summary>Another name for every tensor; one without a name is left out.</summary>
    public AlteredModel Rename(Func<string, string> name)
    {
        Tensors = [.. Tensors
            .Select(tensor => new NamedTensor(tensor.File, name(tensor.Name), tensor.Type, tensor.Shape, tensor.Numbers))
            .Where(tensor => tensor.Name.Length > 0)];
        return this;
    }

    public AlteredModel Add(string name, int length, Func<int, double> value)
    {
        Tensors = [.. Tensors, Of(name, [length], value)];
        return this;
    }

    public static NamedTensor Of(string name, long[] shape, Func<int, double> value) => new(
        "", name, DType.F64, LanguageExt.Prelude.toSeq(shape),
        () => Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(value).ToArray());

    public LanguageExt.Fin<Checkpoint> Load(string configName = "config.json")
    {
        File.WriteAllText(_folder.File(configName), Config);
        TensorFile.Save(_folder.File("model.safetensors"), LanguageExt.Prelude.toSeq(Tensors)).Value();
        return Pipeline.Load.Checkpoint(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();
}
