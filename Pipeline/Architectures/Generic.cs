using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>
/// Any other model whose attention is of the usual form: unmask.json in its folder says what the tensors are called and how they are shaped.
/// docs/models.md has the keys. What such a model does between its attention layers is not known here, so it has no forward pass.
/// </summary>
internal static class Generic
{
    public const string FileName = "unmask.json";

    public static Fin<Model> Read(JsonFields json, ModelTensors tensors) =>
        from config in GenericConfig.Read(json)
        from parts in (
                Enumerable.Range(0, config.LayerCount).Select(layer => Layer(config, tensors, layer)).All().Check(),
                config.Vocabulary.Match(names => Vocabulary(config, names, tensors).Map(Some), () => Option<Vocabulary>.None).Check())
            .Apply((layers, vocabulary) => (layers, vocabulary)).Enter()
        select new Model(
            config.D, parts.layers.Map(layer => layer with { Norm = layer.Norm | (layer.Index == 0 ? parts.vocabulary.Map(tokens => tokens.Norm) : None) }).Strict(),
            parts.vocabulary,
            () => Faults.NoForwardPass(json.Path, "this file describes only its attention"));

    private static Fin<AttentionLayer> Layer(GenericConfig config, ModelTensors tensors, int layer) =>
        from projections in config.Names.Fused.Match(
            fused => Read(config, tensors, fused, layer, config.Heads.QueryWidth + 2 * config.Heads.KeyWidth).Map(whole => Split(config, whole)),
            () => Separate(config, tensors, layer))
        from output in config.Names.Output.Match(
            name => Output(config, tensors, name, layer).Map(Some), () => Option<Linear>.None)
        from norm in config.Norm.Match(name => name.Read(tensors, config.D, one => At(one, layer)), () => FinSucc<Norm>(new Norm.Identity()))
        select projections.Layer(layer, config.Heads, config.Mask, config.Scale, config.Rotary.Map(rotary => rotary.Value)) with
        {
            Window = config.Window,
            StreamNorm = norm,
            Norm = config.Norm.Map(_ => norm),
            OutputProjection = output.Map(linear => linear.Weight),
            OutputBias = output.Bind(linear => linear.Bias),
        };

    // From the heads to the stream, the one projection that does not begin there.
    private static Fin<Linear> Output(GenericConfig config, ModelTensors tensors, GenericName name, int layer) =>
        (Weight(config, tensors, At(name.Weight, layer), config.Heads.QueryWidth, config.D).Check(),
                tensors.Bias(At(name.Bias.IfNone(""), layer), config.D, name.Bias.IsSome).Check())
            .Apply((weight, bias) => new Linear(weight, bias)).Enter();

    private static Fin<Projections> Separate(GenericConfig config, ModelTensors tensors, int layer) =>
        (Read(config, tensors, config.Names.Query, layer, config.Heads.QueryWidth).Check(),
                Read(config, tensors, config.Names.Key, layer, config.Heads.KeyWidth).Check(),
                config.Names.Value.Match(
                    name => Read(config, tensors, name, layer, config.Heads.KeyWidth).Map(Some), () => Option<Linear>.None).Check())
            .Apply((query, key, value) => new Projections(query, key, value)).Enter();

    private static Fin<Linear> Read(GenericConfig config, ModelTensors tensors, GenericName name, int layer, int width) =>
        (Weight(config, tensors, At(name.Weight, layer), config.D, width).Check(),
                tensors.Bias(At(name.Bias.IfNone(""), layer), width, name.Bias.IsSome).Check())
            .Apply((weight, bias) => new Linear(weight, bias)).Enter();

    private static Fin<Matrix> Weight(GenericConfig config, ModelTensors tensors, string name, int from, int to) => config.Names.OutputsFirst
        ? tensors.Matrix(name, to, from).Map(weight => weight.Transpose())
        : tensors.Matrix(name, from, to);

    private static string At(string template, int layer) => template.Replace(GenericNames.Layer, $"{layer}", StringComparison.Ordinal);

    private static Projections Split(GenericConfig config, Linear whole)
    {
        var (heads, queries, keys) = (config.Heads, config.Heads.QueryWidth, config.Heads.KeyWidth);
        return config.Names.HeadByHead
            ? new Projections(Third(0), Third(1), Third(2))
            : new Projections(whole.Columns(0, queries), whole.Columns(queries, keys), whole.Columns(queries + keys, keys));

        // Head after head, each with its queries, keys and values.
        Linear Third(int part) => new(
            Matrix.Create(whole.Inputs, queries, (i, c) => whole.Weight[i, Source(part, c)]),
            whole.Bias.Map(bias => toSeq(Enumerable.Range(0, queries)).Map(c => bias[Source(part, c)]).Strict()));

        int Source(int part, int c) => (c / heads.Width * 3 + part) * heads.Width + c % heads.Width;
    }

    private static Fin<Vocabulary> Vocabulary(GenericConfig config, GenericVocabulary names, ModelTensors tensors) =>
        (tensors.Table(names.Embedding, config.D).Check(),
                names.Positions.Match(name => tensors.Table(name, config.D).Map(Some), () => Option<Matrix>.None).Check(),
                names.Norm.Match(norm => norm.Read(tensors, config.D, identity), () => FinSucc<Norm>(new Norm.Identity())).Check())
            .Apply((embedding, positions, norm) => new Vocabulary(embedding, positions, norm)).Enter();
}
