using Unmask.Pipeline.Formats;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>What configs call the activations.</summary>
internal static class ActivationNames
{
    private static readonly Map<string, Activation> Known = Map(
        ("gelu", Activation.Gelu),
        ("gelu_new", Activation.GeluTanh),
        ("gelu_fast", Activation.GeluTanh),
        ("gelu_pytorch_tanh", Activation.GeluTanh),
        ("relu", Activation.Relu),
        ("silu", Activation.Silu),
        ("swish", Activation.Silu));

    public static Fin<Activation> Read(JsonFields config, string key, string usual) =>
        from name in config.TextOr(key, usual)
        from activation in Known.Find(name).ToFin(Faults.UnknownActivation(config.Path, key, name, toSeq(Known.Keys)))
        select activation;
}
