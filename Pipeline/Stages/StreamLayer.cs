using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline;

/// <summary>A layer with all that a residual stream passes around it: the norm before it, the output projection and its bias.</summary>
internal static class StreamLayer
{
    /// <summary>
    /// The layer as its model has it. Where norms stand after the sums, the stream that leaves attention is saved behind one, and is refused: what such a
    /// model holds before it can be described in an unmask.json.
    /// </summary>
    public static Fin<AttentionLayer> Of(Checkpoint checkpoint, AttentionLayer layer, string path, string tensor) =>
        layer.OutputProjection.IsSome ? layer
        : from model in checkpoint.Transformer.Match(FinSucc, error => FinFail<Transformer>(Faults.NoStream(path, tensor, error.Message)))
          from block in model.Blocks.Find(one => one.Attention.Index == layer.Index).ToFin(Faults.NoStream(path, tensor, "the model has no such block"))
          from before in Door.Require(block.Norms == NormPlace.Before, () => Faults.StreamBehindNorm(path, tensor, checkpoint.Name))
          select layer with { Norm = block.AttentionNorm, OutputProjection = block.Output.Weight, OutputBias = block.Output.Bias };
}
