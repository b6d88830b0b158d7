using Unmask.Generated;
using Unmask.Kernels;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The emitted passes that run here, each a struct for one precision and width.</summary>
internal static class PassTypes
{
    public static IReadOnlyList<Type> Double { get; } = Of(typeof(IPasses<double>));

    public static IReadOnlyList<Type> Single { get; } = Of(typeof(IPasses<float>));

    /// <summary>Vectors of entries of one row, or of problems, in bits; 0 for plain numbers.</summary>
    public static int Bits(Type passes) => int.TryParse(passes.Name[^3..], out var bits) ? bits : 0;

    /// <summary>Problems side by side.</summary>
    public static int Lanes(Type passes, int bytes) => passes.Name.Contains("Lanes", StringComparison.Ordinal) ? Bits(passes) / 8 / bytes : 1;

    private static Type[] Of(Type passes) =>
        [.. typeof(KernelTable).Assembly.GetTypes().Where(t => t.IsValueType && passes.IsAssignableFrom(t) && Bits(t) <= (int)VectorWidths.Best)];
}
