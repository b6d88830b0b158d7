using Unmask.Kernels;

namespace Unmask.Benchmarks.Asking;

/// <summary>The emitted parts of the best width, by name, so that they can be timed alone.</summary>
internal static class Emitted
{
    public static TPart Of<TPart, T>(string part, bool isPerLane)
        where T : unmanaged
    {
        var bits = (int)VectorWidths.Best;
        var width = VectorWidths.Best == VectorWidth.Scalar ? "Scalar" : isPerLane ? $"Lanes{bits}" : $"W{bits}";
        var name = $"Unmask.Generated.{part}{(typeof(T) == typeof(float) ? "F32" : "F64")}{width}";
        return (TPart)Activator.CreateInstance(typeof(KernelTable).Assembly.GetType(name, throwOnError: true)!)!;
    }
}
