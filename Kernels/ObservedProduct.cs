using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>A part of a large product beside what is observed of it: that is asked for ahead, as it may lie far, and taken off where there is a total to add to.</summary>
internal static unsafe class ObservedProduct<TPanels, T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    /// <param name="residual">What is observed; nothing where the product is all there is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TShape>(TShape shape, T* left, T* right, T* target, Residual residual)
        where TShape : struct, IProductShape
    {
        if (residual.IsNothing) default(TPanels).Multiply(shape, left, right, target);
        else if (residual.Total is null) default(TPanels).Multiply(new ObservedShape<TShape, Awaited>(shape, residual), left, right, target);
        else default(TPanels).Multiply(new ObservedShape<TShape, AwaitedAndCompared>(shape, residual), left, right, target);
    }
}
