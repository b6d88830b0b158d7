using System.Numerics;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The kernel of a case, with what is known of it bound.</summary>
internal static class Bound
{
    public static AttentionKernel<double> Double(KernelCase c, KernelTable table, VectorWidth width, int? threads = null) => c is HeadsCase h
        ? To(table.CreateJointDouble(c.Model, c.D, c.N, h.Heads, h.HeadWidth, c.Causal, width), h)
        : To(table.CreateDouble(c.Model, c.D, c.N, c.Causal, width, threads), (MergedCase)c);

    public static AttentionKernel<float> Single(KernelCase c, KernelTable table, VectorWidth width, int? threads = null) => c is HeadsCase h
        ? To(table.CreateJointSingle(c.Model, c.D, c.N, h.Heads, h.HeadWidth, c.Causal, width), h)
        : To(table.CreateSingle(c.Model, c.D, c.N, c.Causal, width, threads), (MergedCase)c);

    private static AttentionKernel<T> To<T>(AttentionKernel<T> kernel, MergedCase c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        kernel.Bind(KernelRun.Flat<T>(c.W), KernelRun.Flat<T>(c.B), c.Model == LossModel.Output ? KernelRun.Flat<T>(c.V) : []);
        return kernel;
    }

    private static AttentionKernel<T> To<T>(AttentionKernel<T> kernel, HeadsCase c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var values = c.Model == LossModel.Output ? KernelRun.Flat<T>(c.V) : [];
        kernel.BindHeads(KernelRun.Flat<T>(c.WQ), KernelRun.Flat<T>(c.WK), c.HasBias ? KernelRun.Flat<T>(c.Bias) : [], KernelRun.Flat<T>(c.B), values);
        return kernel;
    }
}
