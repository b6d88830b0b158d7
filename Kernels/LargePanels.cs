namespace Unmask.Kernels;

/// <summary>
/// Products too large for the cache: the depth is cut so that a strip of the right factor stays in the first one, and the rows are shared out over
/// threads. Neither changes the order in which any sum is formed, so the result does not depend on the number of threads.
/// </summary>
public readonly unsafe struct LargePanels<TPanels, T>(int threads) : IPanels<T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    private readonly SharedProduct<TPanels, T> _shared = new(threads);

    public static bool TakesResiduals<TShape>(TShape shape)
        where TShape : struct, IProductShape => TPanels.TakesResiduals(shape);

    public void Multiply<TShape>(TShape shape, T* left, T* right, T* target)
        where TShape : struct, IProductShape
    {
        if (shape.IsResidual || shape.Awaits) _shared.Run(ProductPart.Of(shape), left, right, target, shape.Residual);
        else _shared.Run(ProductPart.Of(shape), left, right, target);
    }

    public void MultiplyPair<TShape>(TShape shape, T* left, T* right, T* turnedLeft, T* second, T* target)
        where TShape : struct, IPairShape
    {
        var part = ProductPart.Of(shape);
        _shared.Run(part, left, right, target);
        _shared.Run(part with { LeftStride = shape.TurnedStride, LeftTransposed = true, Accumulates = true }, turnedLeft, second, target);
    }

    public void MultiplyTwin<TShape>(TShape shape, T* left, T* right, T* second, T* target, T* other)
        where TShape : struct, IProductShape
    {
        Multiply(shape, left, right, target);
        Multiply(shape, left, second, other);
    }
}
