namespace Unmask.Benchmarks.Suites;

/// <summary>A size as a parameter of a benchmark; it prints as "16x32".</summary>
public readonly record struct Size(int D, int N)
{
    public override string ToString() => $"{D}x{N}";
}
