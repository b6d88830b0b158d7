using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline;

/// <summary>What leaves the pipeline for a file.</summary>
public static class Save
{
    internal const string StatesName = "states";

    /// <summary>
    /// Writes X, d×n, as float64: one array in .npy, the tensor <c>states</c> in .safetensors or .npz. The file appears whole or not at all; an
    /// unwritable place is failure 203, another extension 205.
    /// </summary>
    public static Fin<Unit> States(string path, Matrix states) => TensorFile.Save(path, Seq1(Named(StatesName, states)));

    /// <summary>
    /// The same; .safetensors and .npz hold beside it what else there is: the features before a front end, f×n, as <c>features</c>, the residual stream
    /// before the norm, d×n, as <c>stream</c>.
    /// </summary>
    public static Fin<Unit> Estimate(string path, Estimate estimate)
    {
        var beside = Seq(estimate.Features.Map(features => Named("features", features)), estimate.Stream.Map(stream => Named("stream", stream))).Somes().Strict();
        return HoldsMore(path) ? TensorFile.Save(path, Seq1(Named(StatesName, estimate.States)).Append(beside)) : States(path, estimate.States);
    }

    /// <summary>
    /// Writes the residual streams of a capture, n×d each, in its layers' order as <c>residual_streams.N</c>, float32: what <see cref="Load.Capture(string)"/> reads.
    /// </summary>
    public static Fin<Unit> Streams(string path, Capture capture) => TensorFile.Save(path, capture.Layers.Bind(layer =>
        layer.Residual.Map(stream => NamedTensor.Of(CaptureNames.Of(Observation.Residual, layer.Layer), DType.F32, stream)).ToSeq()).Strict());

    /// <summary>Whether a file of this name has room for more than the states: .npy holds one array.</summary>
    public static bool HoldsMore(string path) => !Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes text as UTF-8, whole or not at all.</summary>
    public static Fin<Unit> Text(string path, string text) =>
        Files.Writing(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static NamedTensor Named(string name, Matrix matrix) => NamedTensor.Of(name, DType.F64, matrix);
}
