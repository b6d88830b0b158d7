using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>Sizes that nobody asked for at build time: the same programs with sizes as variables.</summary>
internal sealed class AnySizeKernels(int d, int n, int threads) : KernelsByWidth<AnySize<double>, AnySize<float>>(d, n)
{
    // Up to here both factors of a product stay in the cache.
    private const int Large = 192;

    // The passes ask for themselves, so that one compiled text serves all.
    private protected override int Row => int.MaxValue;

    private protected override AnySize<double> InDouble(int headWidth) => new(D, N, headWidth);

    private protected override AnySize<float> InSingle(int headWidth) => new(D, N, headWidth);

    private protected override LossProgram<T> Program<TSize, TPanels, TPasses, T>(ProgramRequest request, TSize size) =>
        D > Large || N > Large
            ? KernelPrograms.Create<TSize, LargePanels<TPanels, T>, TPasses, T>(request, size, new LargePanels<TPanels, T>(threads))
            : base.Program<TSize, TPanels, TPasses, T>(request, size);
}
