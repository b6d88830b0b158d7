namespace Unmask.Kernels;

/// <summary>The product of one dialect, large ones cut as in <see cref="LargePanels{TPanels, T}"/>.</summary>
internal sealed unsafe class PanelProduct<TPanels, T>(int threads) : MatrixProduct<T>
    where TPanels : struct, IPanels<T>
    where T : unmanaged
{
    private readonly SharedProduct<TPanels, T> _shared = new(threads);

    private protected override void Run(ProductPart part, T* left, T* right, T* target) => _shared.Run(part, left, right, target);
}
