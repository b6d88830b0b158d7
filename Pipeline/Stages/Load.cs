using Unmask.Pipeline.Architectures;
using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline;

/// <summary>
/// The first stage: files to checked values. Every failure is bad input (2xx) and names the file; several at once come as one error.
/// </summary>
public static class Load
{
    /// <summary>A Hugging Face folder: attention layers of every depth, the vocabulary before layer 0, and the tokenizer where there is one.</summary>
    public static Fin<Checkpoint> Checkpoint(string folder) => CheckpointFolder.Read(folder);

    /// <summary>
    /// Attention maps in a .safetensors, .npz or .npy file, or a page of BertViz: attentions.N and scores.N of shape [heads, n, n] (or
    /// [1, heads, n, n], or [n, n] for one head), attention_outputs.N and residual_streams.N of shape [n, d] (or [1, n, d]), and the other names and shapes of
    /// docs/captures.md. The precision is told from the values; padding is cut off.
    /// </summary>
    public static Fin<Capture> Capture(string path) => CaptureFile.Read(path, None);

    /// <summary>The same of one sequence of a batch, counted from 0.</summary>
    public static Fin<Capture> Capture(string path, Option<int> sequence) => CaptureFile.Read(path, sequence);

    /// <summary>The same of every sequence of a batch: one capture each.</summary>
    public static Fin<Seq<Capture>> Captures(string path) => CaptureFile.ReadAll(path);

    /// <summary>Known columns of X: positions [k] and states [k, d] (or [d, k]) in .npz, .safetensors or JSON.</summary>
    public static Fin<KnownColumns> Known(string path) => KnownFile.Read(path);

    /// <summary>One matrix [rows, columns]: the one of that name, or the only one of the file, or of several that called <c>states</c>.</summary>
    public static Fin<Matrix> Matrix(string path, Option<string> name = default) =>
        from file in TensorFile.Open(path)
        from tensor in One(file, name)
        from matrix in tensor.Matrix()
        select matrix;

    /// <summary>
    /// Plain weights: W of shape [d, d] (or [heads, d, d]), or query and key of shape [d, d_h] (or [heads, d, d_h]) with optional
    /// query_bias, key_bias and value; for a residual stream value_bias [heads·d_v], output [heads·d_v, d] and output_bias [d] too.
    /// </summary>
    public static Fin<Weights> Weights(string path) => WeightsFile.Read(path);

    /// <summary>Plain observations: [n, n] (or [heads, n, n]), or an output or residual stream [n, d].</summary>
    public static Fin<Target> Target(string path, Option<string> name = default) =>
        from file in TensorFile.Open(path)
        from tensor in One(file, name)
        from matrices in CaptureFile.PerHead(tensor)
        select new Target(path, tensor.Name, matrices, PrecisionOf.Values(matrices, tensor.Type.Precision.IfNone(Precision.Float64)));

    /// <summary>The truth to compare with: a .truth.json with token ids, text and the tensors file beside it, or such a tensors file alone.</summary>
    public static Fin<Truth> Truth(string path) => TruthFile.Read(path);

    private static Fin<NamedTensor> One(TensorFile file, Option<string> name) => name.Match(
        Some: file.Require,
        None: () => file.Tensors.Count switch
        {
            0 => Faults.NoTensors(file.Path),
            1 => file.Tensors.Head,
            _ => file.Find(Save.StatesName).ToFin(Faults.AmbiguousTensor(file.Path, file.Names)),
        });
}
