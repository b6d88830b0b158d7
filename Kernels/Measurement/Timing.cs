namespace Unmask.Kernels.Measurement;

/// <summary>Nanoseconds of one evaluation: the median and the least over blocks of equal length.</summary>
public sealed record Timing(double Median, double Best, int Blocks)
{
    /// <summary>The timing that blocks of these lengths amount to; there must be one at least.</summary>
    public static Timing Of(IEnumerable<double> blocks)
    {
        double[] sorted = [.. blocks.Order()];
        return new Timing(sorted[sorted.Length / 2], sorted[0], sorted.Length);
    }

    /// <summary>Gigaflops per second of so many operations at the median.</summary>
    public double Gigaflops(double operations) => operations / Median;
}
