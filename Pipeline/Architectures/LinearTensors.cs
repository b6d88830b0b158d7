using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>Layers of a checkpoint by the name of their module: NAME.weight and NAME.bias.</summary>
internal static class LinearTensors
{
    /// <summary>As torch's Linear keeps it, [out, in].</summary>
    public static Fin<Linear> Linear(this ModelTensors tensors, string name, int inputs, int outputs, bool biased) =>
        (tensors.Matrix($"{name}.weight", outputs, inputs).Check(), tensors.Bias($"{name}.bias", outputs, biased).Check())
            .Apply((weight, bias) => new Linear(weight.Transpose(), bias)).Enter();

    /// <summary>As GPT-2's Conv1D keeps it, [in, out].</summary>
    public static Fin<Linear> Conv1D(this ModelTensors tensors, string name, int inputs, int outputs) =>
        (tensors.Matrix($"{name}.weight", inputs, outputs).Check(), tensors.Bias($"{name}.bias", outputs, true).Check())
            .Apply((weight, bias) => new Linear(weight, bias)).Enter();

    public static Fin<Option<Seq<double>>> Bias(this ModelTensors tensors, string name, int length, bool biased) =>
        biased ? tensors.Vector(name, length).Map(Some) : Option<Seq<double>>.None;

    public static Fin<Norm> RmsNorm(this ModelTensors tensors, string name, int d, double epsilon) =>
        tensors.Vector($"{name}.weight", d).Map(Norm (gain) => new Norm.Rms(gain, epsilon));

    /// <summary>The norm in front of an attention layer; a checkpoint may hold no more than its attention.</summary>
    public static Fin<Option<Norm>> IfAny(this ModelTensors tensors, string name, Func<string, Fin<Norm>> read) =>
        tensors.Holds($"{name}.weight") || tensors.Holds($"{name}.gamma") ? read(name).Map(Some) : Option<Norm>.None;

    /// <summary>Gain and bias are called gamma and beta in checkpoints that were converted from TensorFlow.</summary>
    public static Fin<Norm> LayerNorm(this ModelTensors tensors, string name, int d, double epsilon)
    {
        var (gain, bias) = tensors.Holds($"{name}.gamma") ? ("gamma", "beta") : ("weight", "bias");
        return (tensors.Vector($"{name}.{gain}", d).Check(), tensors.Vector($"{name}.{bias}", d).Check())
            .Apply(Norm (g, b) => new Norm.Layer(g, b, epsilon)).Enter();
    }
}
