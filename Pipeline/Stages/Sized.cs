namespace Unmask.Pipeline;

/// <summary>States that a user hands in (a start, a truth) against the problem they are for.</summary>
public static class Sized
{
    /// <summary>X if it is d×n and finite; otherwise the failure names the file and the tensor.</summary>
    public static Fin<Matrix> States(string path, string tensor, Matrix x, Dims dims) =>
        (x.Rows, x.Columns) != (dims.D, dims.N)
            ? Faults.BadShape(path, tensor, $"[{x.Rows}, {x.Columns}] (d×n)", $"[{dims.D}, {dims.N}] for this problem")
            : !x.AllFinite() ? Faults.BadTensor(path, tensor, "holds NaN or infinity where every state must be finite")
            : x;
}
