namespace Unmask.Generators.Model;

/// <summary>One requested size: [assembly: AttentionKernel(d, n)].</summary>
public sealed record KernelSpec(int D, int N)
{
    public string Size => $"{D}x{N}";
}
