using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>A norm of unmask.json: kind rms with a weight, kind layer with a weight and a bias, or kind none with neither, where that may be.</summary>
internal sealed record GenericNorm(Option<string> Weight, Option<string> Bias, double Epsilon)
{
    private static readonly Seq<string> Keys = Seq("kind", "weight", "bias", "epsilon");

    public static Fin<GenericNorm> Read(JsonFields json, bool optional) =>
        from kind in optional ? json.Word("kind", ("rms", 1), ("layer", 2), ("none", 0)) : json.Word("kind", ("rms", 1), ("layer", 2))
        from read in kind == 0
            ? json.Known(Seq1("kind")).Map(_ => new GenericNorm(None, None, 0))
            : (json.Known(Keys).Check(), json.Text("weight").Check(),
                    (kind == 2 ? json.Text("bias").Map(Some) : Option<string>.None).Check(), json.Number("epsilon").Check())
                .Apply((_, weight, bias, epsilon) => new GenericNorm(weight, bias, epsilon)).Enter()
        select read;

    /// <param name="tensors">The checkpoint.</param>
    /// <param name="d">The width of a state.</param>
    /// <param name="at">The names of a layer, where they have its number in them.</param>
    public Fin<Norm> Read(ModelTensors tensors, int d, Func<string, string> at) => Weight.Match(
        None: () => FinSucc<Norm>(new Norm.Identity()),
        Some: weight => (tensors.Vector(at(weight), d).Check(), tensors.Bias(at(Bias.IfNone("")), d, Bias.IsSome).Check())
            .Apply(Norm (gain, bias) => bias.Match<Norm>(b => new Norm.Layer(gain, b, Epsilon), () => new Norm.Rms(gain, Epsilon))).Enter());
}
