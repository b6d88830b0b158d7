using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The vocabulary entry of unmask.json: tensors of the embedding and the positions, and the norm before the projections of layer 0.</summary>
internal sealed record GenericVocabulary(string Embedding, Option<string> Positions, Option<GenericNorm> Norm)
{
    private static readonly Seq<string> Keys = Seq("embedding", "positions", "norm");

    public static Fin<GenericVocabulary> Read(JsonFields json) =>
        (json.Known(Keys).Check(), json.Text("embedding").Check(), json.IfAny("positions", json.Text).Check(),
                json.IfAny("norm", key => json.Object(key).Bind(GenericNorm.Read)).Check())
            .Apply((_, embedding, positions, norm) => new GenericVocabulary(embedding, positions, norm)).Enter();
}

/// <summary>A norm of unmask.json: kind rms with a weight, or kind layer with a weight and a bias.</summary>
internal sealed record GenericNorm(string Weight, Option<string> Bias, double Epsilon)
{
    private static readonly Seq<string> Keys = Seq("kind", "weight", "bias", "epsilon");

    public static Fin<GenericNorm> Read(JsonFields json) =>
        from layer in json.Word("kind", ("rms", false), ("layer", true))
        from read in (json.Known(Keys).Check(), json.Text("weight").Check(),
                (layer ? json.Text("bias").Map(Some) : Option<string>.None).Check(), json.Number("epsilon").Check())
            .Apply((_, weight, bias, epsilon) => new GenericNorm(weight, bias, epsilon)).Enter()
        select read;

    public Fin<Norm> Read(ModelTensors tensors, int d) =>
        (tensors.Vector(Weight, d).Check(), tensors.Bias(Bias.IfNone(""), d, Bias.IsSome).Check())
            .Apply(Norm (gain, bias) => bias.Match<Norm>(b => new Norm.Layer(gain, b, Epsilon), () => new Norm.Rms(gain, Epsilon))).Enter();
}
