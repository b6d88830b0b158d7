using System.Numerics;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>All that a kernel says about a case, widened to double.</summary>
internal sealed record KernelRun(double Loss, double LossAlone, double[] Gradient, double[] HessianVector, double[] GaussNewton, double[] Bend)
{
    public static KernelRun Double(KernelCase c, KernelTable table, VectorWidth width) =>
        Of(c, table.CreateDouble(c.Model, c.D, c.N, c.Causal, width));

    public static KernelRun Single(KernelCase c, KernelTable table, VectorWidth width) =>
        Of(c, table.CreateSingle(c.Model, c.D, c.N, c.Causal, width));

    private static KernelRun Of<T>(KernelCase c, AttentionKernel<T> kernel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        kernel.Bind(Flat<T>(c.W), Flat<T>(c.B), c.Model == LossModel.Output ? Flat<T>(c.V) : []);
        var (g, h, gn, k) = (new T[c.D * c.N], new T[c.D * c.N], new T[c.D * c.N], new T[c.D * c.N]);
        var loss = kernel.Gradient(Flat<T>(c.X), g);
        var alone = kernel.Loss(Flat<T>(c.X));
        kernel.Loss(Flat<T>(c.T)); // elsewhere: must not move the point of the products
        kernel.HessianVector(Flat<T>(c.U), h);
        kernel.GaussNewton(Flat<T>(c.U), gn);
        kernel.Bend(Flat<T>(c.U), k);
        return new KernelRun(double.CreateChecked(loss), double.CreateChecked(alone), Wide(g), Wide(h), Wide(gn), Wide(k));
    }

    public static T[] Flat<T>(double[,] a)
        where T : unmanaged, IFloatingPointIeee754<T> => [.. a.Cast<double>().Select(T.CreateChecked)];

    private static double[] Wide<T>(T[] a)
        where T : unmanaged, IFloatingPointIeee754<T> => [.. a.Select(double.CreateChecked)];
}
