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

    /// <summary>The same; where there is a front end, .safetensors and .npz hold the features too, f×n, as <c>features</c>.</summary>
    public static Fin<Unit> Estimate(string path, Estimate estimate) =>
        estimate.Features.Case is Matrix features && HoldsFeatures(path)
            ? TensorFile.Save(path, Seq(Named(StatesName, estimate.States), Named("features", features)))
            : States(path, estimate.States);

    /// <summary>Whether a file of this name has room for features beside the states: .npy holds one array.</summary>
    public static bool HoldsFeatures(string path) => !Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes text as UTF-8, whole or not at all.</summary>
    public static Fin<Unit> Text(string path, string text) =>
        Files.Writing(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static NamedTensor Named(string name, Matrix matrix) => NamedTensor.Of(name, DType.F64, matrix);
}
