using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>From the width of vectors to the products and passes that serve it, with one type of size for each precision.</summary>
public abstract class KernelsByWidth<TDouble, TSingle>(int d, int n) : SizedKernels(d, n)
    where TDouble : struct, IProblemSize
    where TSingle : struct, IProblemSize
{
    // How many numbers a row of a pass is known to have: it runs along n, in the width that so many fill.
    private protected abstract int Row { get; }

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
        VectorWidth.Bits512 => Lanes<TDouble, Lanes8, PanelsF64Lanes512, PassesF64Lanes512, double>(request, InDouble(request.HeadWidth)),
        VectorWidth.Bits256 => Lanes<TDouble, Lanes4, PanelsF64Lanes256, PassesF64Lanes256, double>(request, InDouble(request.HeadWidth)),
        VectorWidth.Bits128 => Lanes<TDouble, Lanes2, PanelsF64Lanes128, PassesF64Lanes128, double>(request, InDouble(request.HeadWidth)),
        _ => CreateDouble(request, width),
    };

    public override LossProgram<float> CreateLanesSingle(ProgramRequest request, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Lanes<TSingle, Lanes16, PanelsF32Lanes512, PassesF32Lanes512, float>(request, InSingle(request.HeadWidth)),
        VectorWidth.Bits256 => Lanes<TSingle, Lanes8, PanelsF32Lanes256, PassesF32Lanes256, float>(request, InSingle(request.HeadWidth)),
        VectorWidth.Bits128 => Lanes<TSingle, Lanes4, PanelsF32Lanes128, PassesF32Lanes128, float>(request, InSingle(request.HeadWidth)),
        _ => CreateSingle(request, width),
    };

    protected LossProgram<double> Double<TPanels>(ProgramRequest request, VectorWidth width)
        where TPanels : struct, IPanels<double>
    {
        var size = InDouble(request.HeadWidth);
        return width switch
        {
            VectorWidth.Bits512 when Row > 4 => Program<TDouble, TPanels, PassesF64W512, double>(request, size),
            VectorWidth.Bits512 or VectorWidth.Bits256 => Program<TDouble, TPanels, PassesF64W256, double>(request, size),
            VectorWidth.Bits128 => Program<TDouble, TPanels, PassesF64W128, double>(request, size),
            _ => Program<TDouble, TPanels, PassesF64Scalar, double>(request, size),
        };
    }

    protected LossProgram<float> Single<TPanels>(ProgramRequest request, VectorWidth width)
        where TPanels : struct, IPanels<float>
    {
        var size = InSingle(request.HeadWidth);
        return width switch
        {
            VectorWidth.Bits512 when Row > 8 => Program<TSingle, TPanels, PassesF32W512, float>(request, size),
            VectorWidth.Bits512 or VectorWidth.Bits256 when Row > 4 => Program<TSingle, TPanels, PassesF32W256, float>(request, size),
            VectorWidth.Scalar => Program<TSingle, TPanels, PassesF32Scalar, float>(request, size),
            _ => Program<TSingle, TPanels, PassesF32W128, float>(request, size),
        };
    }

    // The size with heads of this width; 0 for one head with its weights multiplied out.
    private protected abstract TDouble InDouble(int headWidth);

    private protected abstract TSingle InSingle(int headWidth);

    private protected virtual LossProgram<T> Program<TSize, TPanels, TPasses, T>(ProgramRequest request, TSize size)
        where TSize : struct, IProblemSize
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        KernelPrograms.Create<TSize, TPanels, TPasses, T>(request, size);

    private static LossProgram<T> Lanes<TSize, TLanes, TPanels, TPasses, T>(ProgramRequest request, TSize size)
        where TSize : struct, IProblemSize
        where TLanes : struct, ILaneCount
        where TPanels : struct, IPanels<T>
        where TPasses : struct, IPasses<T>
        where T : unmanaged =>
        KernelPrograms.Create<PerLane<TSize, TLanes>, TPanels, TPasses, T>(request, new PerLane<TSize, TLanes>(size), lanes: (int)TLanes.Count);
}
