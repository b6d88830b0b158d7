using System.Numerics.Tensors;
using Unmask.Pipeline.Solvers;
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
          select layer with { StreamNorm = block.AttentionNorm, OutputProjection = block.Output.Weight, OutputBias = block.Output.Bias };

    /// <summary>
    /// The layer of a stream whose tokens all have mean zero, as TransformerLens centres what is written to it where LayerNorm takes the mean away: output
    /// projection and bias are centred alike. None for other streams and norms.
    /// </summary>
    public static Option<AttentionLayer> Centred(AttentionLayer layer, Observed seen) =>
        layer.StreamNorm is not Norm.Layer || !seen.Matrices.ForAll(stream => Enumerable.Range(0, stream.Rows).All(i => IsCentred(stream.Row(i), seen.Stored))) ? None
        : layer with
        {
            OutputProjection = layer.OutputProjection.Map(projection => projection.CentreRows()),
            OutputBias = layer.OutputBias.Map(bias => toSeq(Matrix.Of(1, bias.Count, bias.ToArray()).CentreRows().Values.ToArray())),
        };

    // Sums of a stream in float32 leave some units of its size in the mean, storage its own rounding.
    private static bool IsCentred(ReadOnlySpan<double> row, Precision stored)
    {
        var size = TensorPrimitives.Norm(row) / Math.Sqrt(row.Length);
        return Math.Abs(TensorPrimitives.Sum(row)) / row.Length <= 1e-5 * size + 4 * stored.RoundingError(TensorPrimitives.MaxMagnitude(row)) / Math.Sqrt(row.Length);
    }
}
