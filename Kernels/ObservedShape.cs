using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>A product beside something observed. A type of its own, so that tiles for the others know nothing of it.</summary>
/// <param name="shape">The product.</param>
/// <param name="residual">What is observed.</param>
/// <typeparam name="TUse">What is done with it.</typeparam>
public readonly struct ObservedShape<TShape, TUse>(TShape shape, Residual residual) : IProductShape
    where TShape : struct, IProductShape
    where TUse : struct, IObservedUse
{
    private readonly TShape _shape = shape;

    public nint Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.Rows;
    }

    public nint Depth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.Depth;
    }

    public nint Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.Columns;
    }

    public nint LeftStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.LeftStride;
    }

    public nint RightStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.RightStride;
    }

    public nint TargetStride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.TargetStride;
    }

    public bool LeftTransposed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.LeftTransposed;
    }

    public bool RightIsShared
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.RightIsShared;
    }

    public bool Accumulates
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.Accumulates;
    }

    public bool IsFar
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.IsFar;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Ahead(nint row) => _shape.Ahead(row);

    public bool LeftIsPacked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _shape.LeftIsPacked;
    }

    public bool IsResidual => TUse.Compares;

    public bool Awaits => TUse.Awaits;

    public Residual Residual { get; } = residual;
}
