using System.Numerics;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>All that a kernel says about a case, widened to double.</summary>
internal sealed record KernelRun(double Loss, double LossAlone, double[] Gradient, double[] HessianVector, double[] GaussNewton, double[] Bend)
{
    public static KernelRun Double(KernelCase c, KernelTable table, VectorWidth width) => Of(c, Bound.Double(c, table, width));

    public static KernelRun Single(KernelCase c, KernelTable table, VectorWidth width) => Of(c, Bound.Single(c, table, width));

    public IReadOnlyList<(string Name, double[] Values)> Parts =>
    [
        ("loss", [Loss]), ("loss alone", [LossAlone]), ("gradient", Gradient), ("Hessian-vector", HessianVector), ("Gauss-Newton", GaussNewton), ("bend", Bend),
    ];

    public bool IsFinite => Parts.All(part => part.Values.All(double.IsFinite));

    public static KernelRun Of<T>(KernelCase c, AttentionKernel<T> kernel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (g, h, gn, k) = (new T[c.D * c.N], new T[c.D * c.N], new T[c.D * c.N], new T[c.D * c.N]);
        var loss = kernel.Gradient(Flat<T>(c.X), g);
        var alone = kernel.Loss(Flat<T>(c.X));
        kernel.Loss(Flat<T>(c.T)); // elsewhere: must not move the point of the products
        kernel.HessianVector(Flat<T>(c.U), h);
        kernel.GaussNewton(Flat<T>(c.U), gn);
        kernel.Bend(Flat<T>(c.U), k);
        return new KernelRun(double.CreateChecked(loss), double.CreateChecked(alone), Wide(g), Wide(h), Wide(gn), Wide(k));
    }

    /// <summary>Row-major, matrix after matrix.</summary>
    public static T[] Flat<T>(params double[][,] a)
        where T : unmanaged, IFloatingPointIeee754<T> => [.. a.SelectMany(m => m.Cast<double>()).Select(T.CreateChecked)];

    private static double[] Wide<T>(T[] a)
        where T : unmanaged, IFloatingPointIeee754<T> => [.. a.Select(double.CreateChecked)];
}
