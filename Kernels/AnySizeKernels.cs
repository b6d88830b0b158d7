using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>Sizes that nobody asked for at build time: the same programs with sizes as variables.</summary>
internal sealed class AnySizeKernels(int d, int n, int threads) : SizedKernels(d, n)
{
    // Up to here both factors of a product stay in the cache.
    private const int Large = 192;

    public override LossProgram<double> CreateDouble(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Program<PanelsF64W512, PassesF64W512, double>(request),
        VectorWidth.Bits256 => Program<PanelsF64W256, PassesF64W256, double>(request),
        VectorWidth.Bits128 => Program<PanelsF64W128, PassesF64W128, double>(request),
        _ => Program<PanelsF64Scalar, PassesF64Scalar, double>(request),
    };

    public override LossProgram<float> CreateSingle(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Program<PanelsF32W512, PassesF32W512, float>(request),
        VectorWidth.Bits256 => Program<PanelsF32W256, PassesF32W256, float>(request),
        VectorWidth.Bits128 => Program<PanelsF32W128, PassesF32W128, float>(request),
        _ => Program<PanelsF32Scalar, PassesF32Scalar, float>(request),
    };

    public override LossProgram<double> CreateLanesDouble(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Lanes<Lanes8, PanelsF64Lanes512, PassesF64Lanes512, double>(request),
        VectorWidth.Bits256 => Lanes<Lanes4, PanelsF64Lanes256, PassesF64Lanes256, double>(request),
        VectorWidth.Bits128 => Lanes<Lanes2, PanelsF64Lanes128, PassesF64Lanes128, double>(request),
        _ => CreateDouble(request, width),
    };

    public override LossProgram<float> CreateLanesSingle(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Lanes<Lanes16, PanelsF32Lanes512, PassesF32Lanes512, float>(request),
        VectorWidth.Bits256 => Lanes<Lanes8, PanelsF32Lanes256, PassesF32Lanes256, float>(request),
        VectorWidth.Bits128 => Lanes<Lanes4, PanelsF32Lanes128, PassesF32Lanes128, float>(request),
        _ => CreateSingle(request, width),
    };

    private LossProgram<T> Program<TPanels, TPasses, T>(ProgramRequest request)
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        D > Large || N > Large
            ? KernelPrograms.Create<AnySize<T>, LargePanels<TPanels, T>, TPasses, T>(request, new AnySize<T>(D, N, request.HeadWidth), new LargePanels<TPanels, T>(threads))
            : KernelPrograms.Create<AnySize<T>, TPanels, TPasses, T>(request, new AnySize<T>(D, N, request.HeadWidth));

    private LossProgram<T> Lanes<TLanes, TPanels, TPasses, T>(ProgramRequest request)
        where TLanes : struct, ILaneCount
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        KernelPrograms.Create<PerLane<AnySize<T>, TLanes>, TPanels, TPasses, T>(
            request, new PerLane<AnySize<T>, TLanes>(new AnySize<T>(D, N, request.HeadWidth)), lanes: (int)TLanes.Count);
}
