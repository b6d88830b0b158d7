namespace Unmask.Kernels;

/// <summary>
/// Asks the generator for kernels specialised to d×n: <c>[assembly: AttentionKernel(16, 32)]</c>. The emitted class
/// <c>Unmask.Generated.AttentionKernels.All</c> holds them; hand it to <see cref="KernelTable.With"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class AttentionKernelAttribute(int d, int n) : Attribute
{
    /// <summary>Width of a state.</summary>
    public int D { get; } = d;

    /// <summary>Number of tokens.</summary>
    public int N { get; } = n;
}

/// <summary>Marks the one assembly that holds what all sizes share. Users never need it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AttentionKernelLibraryAttribute : Attribute;
