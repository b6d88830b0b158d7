using Unmask.Generated;
using Unmask.Kernels;

namespace OwnKernel;

/// <summary>The shipped sizes and this project's own.</summary>
public static class OwnKernels
{
    public static KernelTable Table { get; } = KernelTable.BuiltIn.With(AttentionKernels.All);

    /// <summary>The emitted size that serves, by the name of its type.</summary>
    public static string Serving(LossModel model, int d, int n) => Table.CreateDouble(model, d, n).ServedBy;
}
