using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>The programs of a size whose constants are known to the compiler, one type for each precision. Emitted classes name the types.</summary>
public abstract class KnownSizeKernels<TDouble, TSingle>(int d, int n) : SizedKernels(d, n)
    where TDouble : struct, IKnownSize<TDouble>
    where TSingle : struct, IKnownSize<TSingle>
{
    public override LossProgram<double> CreateDouble(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Double<PanelsF64W512>(request, width),
        VectorWidth.Bits256 => Double<PanelsF64W256>(request, width),
        VectorWidth.Bits128 => Double<PanelsF64W128>(request, width),
        _ => Double<PanelsF64Scalar>(request, width),
    };

    public override LossProgram<float> CreateSingle(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Single<PanelsF32W512>(request, width),
        VectorWidth.Bits256 => Single<PanelsF32W256>(request, width),
        VectorWidth.Bits128 => Single<PanelsF32W128>(request, width),
        _ => Single<PanelsF32Scalar>(request, width),
    };

    public override LossProgram<double> CreateLanesDouble(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Lanes<TDouble, Lanes8, PanelsF64Lanes512, PassesF64Lanes512, double>(request),
        VectorWidth.Bits256 => Lanes<TDouble, Lanes4, PanelsF64Lanes256, PassesF64Lanes256, double>(request),
        VectorWidth.Bits128 => Lanes<TDouble, Lanes2, PanelsF64Lanes128, PassesF64Lanes128, double>(request),
        _ => CreateDouble(request, width),
    };

    public override LossProgram<float> CreateLanesSingle(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Lanes<TSingle, Lanes16, PanelsF32Lanes512, PassesF32Lanes512, float>(request),
        VectorWidth.Bits256 => Lanes<TSingle, Lanes8, PanelsF32Lanes256, PassesF32Lanes256, float>(request),
        VectorWidth.Bits128 => Lanes<TSingle, Lanes4, PanelsF32Lanes128, PassesF32Lanes128, float>(request),
        _ => CreateSingle(request, width),
    };

    // Passes run along n: in the width that a row of so many numbers fills.
    protected LossProgram<double> Double<TPanels>(ProgramRequest request, VectorWidth width)
        where TPanels : struct, IPanels<double> => width switch
        {
            VectorWidth.Bits512 when N > 4 => Program<TDouble, TPanels, PassesF64W512, double>(request),
            VectorWidth.Bits512 or VectorWidth.Bits256 => Program<TDouble, TPanels, PassesF64W256, double>(request),
            VectorWidth.Bits128 => Program<TDouble, TPanels, PassesF64W128, double>(request),
            _ => Program<TDouble, TPanels, PassesF64Scalar, double>(request),
        };

    protected LossProgram<float> Single<TPanels>(ProgramRequest request, VectorWidth width)
        where TPanels : struct, IPanels<float> => width switch
        {
            VectorWidth.Bits512 when N > 8 => Program<TSingle, TPanels, PassesF32W512, float>(request),
            VectorWidth.Bits512 or VectorWidth.Bits256 when N > 4 => Program<TSingle, TPanels, PassesF32W256, float>(request),
            VectorWidth.Scalar => Program<TSingle, TPanels, PassesF32Scalar, float>(request),
            _ => Program<TSingle, TPanels, PassesF32W128, float>(request),
        };

    private static LossProgram<T> Program<TSize, TPanels, TPasses, T>(ProgramRequest request)
        where TSize : struct, IKnownSize<TSize>
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        KernelPrograms.Create<TSize, TPanels, TPasses, T>(request, TSize.WithHeads(request.HeadWidth));

    private static LossProgram<T> Lanes<TSize, TLanes, TPanels, TPasses, T>(ProgramRequest request)
        where TSize : struct, IKnownSize<TSize>
        where TLanes : struct, ILaneCount
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        KernelPrograms.Create<PerLane<TSize, TLanes>, TPanels, TPasses, T>(
            request, new PerLane<TSize, TLanes>(TSize.WithHeads(request.HeadWidth)), lanes: (int)TLanes.Count);
}
