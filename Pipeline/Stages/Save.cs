using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline;

/// <summary>What leaves the pipeline for a file.</summary>
public static class Save
{
    /// <summary>
    /// Writes X, d×n, as float64: one array in .npy, the tensor <c>states</c> in .safetensors or .npz. The file appears whole or not at all; an
    /// unwritable place is failure 203, another extension 205.
    /// </summary>
    public static Fin<Unit> States(string path, Matrix states) => TensorFile.Save(path, Seq1(NamedTensor.Of("states", DType.F64, states)));

    /// <summary>Writes text as UTF-8, whole or not at all.</summary>
    public static Fin<Unit> Text(string path, string text) =>
        Files.Writing(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
