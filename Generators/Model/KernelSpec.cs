namespace Unmask.Generators.Model;

/// <summary>One requested size: [assembly: AttentionKernel(d, n, Unroll = u)].</summary>
public sealed record KernelSpec(int D, int N, int Unroll)
{
    /// <summary>Steps of the inner loop written out one after another unless the user asks otherwise.</summary>
    public const int DefaultUnroll = 2;

    public string Size => $"{D}x{N}";
}
