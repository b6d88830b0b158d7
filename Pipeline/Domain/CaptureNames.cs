namespace Unmask.Pipeline;

/// <summary>What the tensors of a capture are called: one of these, a full stop, and the layer.</summary>
internal static class CaptureNames
{
    public const string Attention = "attentions";

    public const string Scores = "scores";

    public const string Output = "attention_outputs";

    public const string Residual = "residual_streams";

    public static Seq<string> All { get; } = Seq(Attention, Scores, Output, Residual);

    public static string Of(Observation observation, int layer) => observation switch
    {
        Observation.Scores => $"{Scores}.{layer}",
        Observation.Attention => $"{Attention}.{layer}",
        Observation.Residual => $"{Residual}.{layer}",
        _ => $"{Output}.{layer}",
    };
}
