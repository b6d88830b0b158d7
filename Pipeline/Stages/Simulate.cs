using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline;

/// <summary>Problems made from a known X, to try the pipeline on. The same seed gives the same numbers everywhere.</summary>
public static class Simulate
{
    /// <summary>
    /// One head, no mask: X normal, W normal/√d, s = 1/√d, so that scores have unit size as in trained layers. The problem enters by the same
    /// door as one from files.
    /// </summary>
    public static Fin<(Problem Problem, Truth Truth)> OneHead(Dims dims, ulong seed) =>
        from square in Dims.Of(dims.D, dims.D)
        let w = 1 / Math.Sqrt(dims.D) * Normal(square, seed, 1)
        let x = Normal(dims, seed, 2)
        let scale = 1 / Math.Sqrt(dims.D)
        let layer = new AttentionLayer(0, dims.D, Seq1(Head.OfProduct(w)), Mask.None, scale, None)
        let target = new Target("simulated", "attention", Seq1(Forward.Attention(layer, layer.Heads[0], x)), Precision.Float64)
        from problem in Normalise.Matrices(
            new Weights("simulated", dims.D, layer.Heads, None), target, Observation.Attention, Mask.None, scale, Precision.Float64)
        select (problem with { Name = $"random {dims.D}x{dims.N}" }, new Truth("simulated", None, None, Map((0, x))));

    /// <summary>
    /// The residual streams after attention of every layer when a model reads these tokens, as a capture in float32, and the truth: the ids and the
    /// states X of every layer. Only of models whose norms stand before (291).
    /// </summary>
    public static Fin<(Capture Capture, Truth Truth)> Streams(Checkpoint checkpoint, Seq<int> ids) =>
        from model in checkpoint.Transformer
        from embedded in Transformers.States.Stream(model, ids)
        from layers in Transformers.States.Entering(model, embedded, model.Blocks.Count - 1).Map((index, entering) =>
            from layer in StreamLayer.Of(checkpoint, checkpoint.Layers[index], "simulated", CaptureNames.Of(Observation.Residual, index))
            from branch in ResidualStream.Branch(layer, entering.Stream)
            let stream = (entering.Stream + branch.At(entering.Stream)).Transpose().Map(value => (float)value)
            select (Captured: new LayerCapture(index, Seq<Matrix>(), Seq<Matrix>(), None) { Residual = stream }, entering.States)).All()
        select (
            new Capture("simulated", layers.Map(layer => layer.Captured).Strict(), Precision.Float32),
            new Truth("simulated", ids, None, toMap(layers.Map((index, layer) => (index, layer.States)))));

    private static Matrix Normal(Dims dims, ulong seed, int number) =>
        Matrix.Of(dims.D, dims.N, Starts.At(dims, SolverOptions.Default with { Seed = seed }, number));
}
