namespace Unmask.Benchmarks.Comparison;

/// <summary>What the core allows at one vector width, measured beside a problem.</summary>
/// <param name="Peak">Multiply-adds and nothing else, in gigaflops per second.</param>
/// <param name="Products">Nanoseconds of the products alone, in register tiles that read their factors from the first cache; null where they were not timed.</param>
/// <param name="Remainder">Nanoseconds of what is not products, alone; null where it was not timed.</param>
internal sealed record Yardstick(double Peak, double? Products, double? Remainder)
{
    /// <summary>Nanoseconds of the parts one after the other; of so many operations at the peak where none was timed.</summary>
    public double Parts(double operations, double products) =>
        (Products, Remainder) is (null, null) ? operations / Peak : (Products ?? products / Peak) + (Remainder ?? 0);
}
