using Unmask.Generated;
using Unmask.Kernels;

namespace OwnKernel;

/// <summary>The shipped sizes and this project's own.</summary>
public static class OwnKernels
{
    public static KernelTable Table { get; } = KernelTable.BuiltIn.With(AttentionKernels.All);

    /// <summary>The emitted products that serve a size on this machine, by the name of their type.</summary>
    public static string Serving(LossModel model, int d, int n) =>
        Table.CreateDouble(model, d, n).GetType().GenericTypeArguments[0].Name;
}
