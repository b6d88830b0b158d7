namespace Unmask.Benchmarks.Comparison;

/// <summary>What the core does at one vector width, in gigaflops per second, and how long the rest of a problem takes alone.</summary>
/// <param name="Peak">Multiply-adds and nothing else.</param>
/// <param name="Tile">A register tile of several vectors, its factors read from the first cache.</param>
/// <param name="NarrowTile">One of a single vector.</param>
/// <param name="Remainder">Nanoseconds of what is not products; null where it was not timed.</param>
internal sealed record Yardstick(double Peak, double Tile, double NarrowTile, double? Remainder);
