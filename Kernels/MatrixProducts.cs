using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>Where matrix products come from: vectors as wide as the machine's unless told otherwise, large products shared out over threads.</summary>
public static class MatrixProducts
{
    /// <summary>Products in double precision, on all processors unless told.</summary>
    public static MatrixProduct<double> CreateDouble(VectorWidth? width = null, int? threads = null) => (width ?? VectorWidths.Best) switch
    {
        VectorWidth.Bits512 => new PanelProduct<PanelsF64W512, double>(threads ?? Environment.ProcessorCount),
        VectorWidth.Bits256 => new PanelProduct<PanelsF64W256, double>(threads ?? Environment.ProcessorCount),
        VectorWidth.Bits128 => new PanelProduct<PanelsF64W128, double>(threads ?? Environment.ProcessorCount),
        _ => new PanelProduct<PanelsF64Scalar, double>(threads ?? Environment.ProcessorCount),
    };

    /// <summary>Products in single precision, likewise.</summary>
    public static MatrixProduct<float> CreateSingle(VectorWidth? width = null, int? threads = null) => (width ?? VectorWidths.Best) switch
    {
        VectorWidth.Bits512 => new PanelProduct<PanelsF32W512, float>(threads ?? Environment.ProcessorCount),
        VectorWidth.Bits256 => new PanelProduct<PanelsF32W256, float>(threads ?? Environment.ProcessorCount),
        VectorWidth.Bits128 => new PanelProduct<PanelsF32W128, float>(threads ?? Environment.ProcessorCount),
        _ => new PanelProduct<PanelsF32Scalar, float>(threads ?? Environment.ProcessorCount),
    };
}
